#include "resources/resource_for_test.h"

namespace kiln::resources::northd_test {
namespace {

const ResourceId kId{"northd", "n1"};
const UnitLook kNorthd{"ovn-northd.service"};
const UnitLook kCentral{"ovn-central.service"};
const FileLook kEnvironment{"/etc/kiln/ovn-northd.env"};
const FileLook kDropIn{"/etc/systemd/system/ovn-northd.service.d/50-kiln.conf"};
const std::vector<std::string> kCommandLine = {"ovn-northd",
                                               "-vconsole:emer",
                                               "--ovnnb-db=ssl:192.0.2.11:6641",
                                               "--ovnsb-db=ssl:192.0.2.11:6642",
                                               "--private-key=/etc/kiln/pki/ovn-northd/key.pem",
                                               "--certificate=/etc/kiln/pki/ovn-northd/cert.pem",
                                               "--ca-cert=/etc/kiln/pki/ca.pem"};

/// Installed and never run.
Bench nothing() {
  Bench bench;
  bench.lack_all(kId);
  return bench;
}
Bench as_wanted() {
  Bench bench = nothing();
  bench.put_files(kId);
  bench.see("n1", kNorthd, running(kCommandLine));
  bench.see("n1", kCentral, running());
  return bench;
}

TEST(Northd, is_configured_run_and_enabled_where_there_is_nothing) {
  Bench bench = nothing();
  EXPECT_EQ(bench.verdict(kId), "absent");
  EXPECT_EQ(bench.steps(kId),
            "northd/n1:configure\n"
            "  write /etc/kiln/ovn-northd.env\n"
            "  write /etc/systemd/system/ovn-northd.service.d/50-kiln.conf\n"
            "  systemctl daemon-reload\n"
            "northd/n1:run (risk control-plane, pool northd)\n"
            "  start ovn-northd.service\n"
            "  enable ovn-central.service\n"
            "  start ovn-central.service\n"
            "  until ovn-northd active or standby on n1\n");
}

TEST(Northd, gives_every_central_to_ovn_ctl) {
  Bench bench(2);
  bench.desired.nodes["n2"].address = "2001:db8::2";
  bench.lack_all(kId);
  EXPECT_EQ(bench.written(kId, kEnvironment.path),
            "# made by kiln for edge:northd/n1; changes here are undone by the next apply\n"
            "OVN_CTL_OPTS=\"--ovn-northd-nb-db=ssl:192.0.2.11:6641,ssl:[2001:db8::2]:6641"
            " --ovn-northd-sb-db=ssl:192.0.2.11:6642,ssl:[2001:db8::2]:6642"
            " --ovn-northd-ssl-key=/etc/kiln/pki/ovn-northd/key.pem"
            " --ovn-northd-ssl-cert=/etc/kiln/pki/ovn-northd/cert.pem"
            " --ovn-northd-ssl-ca-cert=/etc/kiln/pki/ca.pem\"\n");
  EXPECT_EQ(bench.written(kId, kDropIn.path),
            "# made by kiln for edge:northd/n1; changes here are undone by the next apply\n"
            "[Service]\nEnvironmentFile=/etc/kiln/ovn-northd.env\nExecStop=\n"
            "ExecStop=/usr/share/ovn/scripts/ovn-ctl stop_northd --no-monitor --ovn-manage-ovsdb=no\n");
}

TEST(Northd, as_wanted_is_no_change) {
  EXPECT_EQ(as_wanted().verdict(kId), "as wanted");
}

TEST(Northd, has_the_threads_of_the_file_and_no_more) {
  Bench bench = as_wanted();
  bench.desired.central.northd_threads = 4;
  EXPECT_NE(bench.written(kId, kEnvironment.path).find(" --ovn-northd-n-threads=4\""), std::string::npos);
  EXPECT_NE(bench.steps(kId).find("  restart ovn-northd.service\n"), std::string::npos) << bench.steps(kId);
  std::vector<std::string> threads = kCommandLine;
  threads.emplace_back("--n-threads=4");
  bench = as_wanted();
  bench.see("n1", kNorthd, running(threads));
  EXPECT_NE(bench.verdict(kId).find("ovn-northd.service arguments: "), std::string::npos)
      << bench.verdict(kId);
  EXPECT_NE(bench.steps(kId).find("  restart ovn-northd.service\n"), std::string::npos) << bench.steps(kId);
}

TEST(Northd, arguments_of_a_smaller_cluster_are_restarted_one_at_a_time) {
  Bench bench = as_wanted();
  std::vector<std::string> older = kCommandLine;
  older[2] = "--ovnnb-db=unix:/run/ovn/ovnnb_db.sock";
  bench.see("n1", kNorthd, running(older));
  EXPECT_EQ(bench.verdict(kId),
            "ovn-northd.service arguments: {--ca-cert=/etc/kiln/pki/ca.pem,"
            " --certificate=/etc/kiln/pki/ovn-northd/cert.pem, --ovnsb-db=ssl:192.0.2.11:6642,"
            " --private-key=/etc/kiln/pki/ovn-northd/key.pem} -> {--ca-cert=/etc/kiln/pki/ca.pem,"
            " --certificate=/etc/kiln/pki/ovn-northd/cert.pem, --ovnnb-db=ssl:192.0.2.11:6641,"
            " --ovnsb-db=ssl:192.0.2.11:6642, --private-key=/etc/kiln/pki/ovn-northd/key.pem}\n");
  EXPECT_EQ(bench.steps(kId),
            "northd/n1:run (risk control-plane, pool northd)\n"
            "  restart ovn-northd.service\n"
            "  until ovn-northd active or standby on n1\n");
}

TEST(Northd, an_option_that_is_gone_from_the_environment_file_is_written_again) {
  Bench bench = as_wanted();
  bench.see("n1", kEnvironment, file("OVN_CTL_OPTS=\"--ovn-northd-ssl-ca-cert=/etc/kiln/pki/ca.pem\"\n"));
  EXPECT_TRUE(bench.verdict(kId).starts_with(
      "/etc/kiln/ovn-northd.env: {--ovn-northd-ssl-ca-cert=/etc/kiln/pki/ca.pem} -> {"))
      << bench.verdict(kId);
  EXPECT_EQ(bench.steps(kId), "northd/n1:configure\n  write /etc/kiln/ovn-northd.env\n");
}

TEST(Northd, a_drop_in_that_differs_is_written_and_read) {
  Bench bench = as_wanted();
  bench.see("n1", kDropIn, file("[Service]\nEnvironmentFile=/dev/null\n"));
  EXPECT_EQ(bench.verdict(kId), kDropIn.path + ": differs -> current\n");
  EXPECT_EQ(bench.steps(kId),
            "northd/n1:configure\n  write " + kDropIn.path + "\n  systemctl daemon-reload\n");
}

TEST(Northd, a_definition_that_systemd_has_not_read_is_read) {
  Bench bench = as_wanted();
  UnitSeen unit = running(kCommandLine);
  unit.needs_reload = true;
  bench.see("n1", kNorthd, unit);
  EXPECT_EQ(bench.verdict(kId), "ovn-northd.service definition: changed on disk -> loaded\n");
  EXPECT_EQ(bench.steps(kId), "northd/n1:configure\n  systemctl daemon-reload\n");
}

TEST(Northd, what_boot_starts_is_enabled_and_started_without_touching_the_daemon) {
  Bench bench = as_wanted();
  bench.see("n1", kCentral, at_boot(running(), "disabled"));
  EXPECT_EQ(bench.verdict(kId), "ovn-central.service at boot: disabled -> enabled\n");
  EXPECT_EQ(bench.steps(kId),
            "northd/n1:run (risk control-plane, pool northd)\n  enable ovn-central.service\n");
  bench.see("n1", kCentral, in_state(running(), "inactive"));
  EXPECT_EQ(bench.verdict(kId), "ovn-central.service: inactive -> active\n");
  EXPECT_EQ(bench.steps(kId),
            "northd/n1:run (risk control-plane, pool northd)\n  start ovn-central.service\n");
}

TEST(Northd, a_failed_daemon_is_taken_out_of_the_start_limit) {
  Bench bench = as_wanted();
  bench.see("n1", kNorthd, in_state(running(), "failed"));
  EXPECT_TRUE(bench.verdict(kId).starts_with("ovn-northd.service: failed -> active\n")) << bench.verdict(kId);
  EXPECT_EQ(bench.steps(kId),
            "northd/n1:run (risk control-plane, pool northd)\n"
            "  reset-failed ovn-northd.service\n"
            "  start ovn-northd.service\n"
            "  until ovn-northd active or standby on n1\n");
}

TEST(Northd, a_masked_daemon_is_unmasked) {
  Bench bench = as_wanted();
  bench.see("n1", kNorthd, at_boot(in_state(running(), "inactive"), "masked"));
  EXPECT_TRUE(
      bench.steps(kId).starts_with("northd/n1:run (risk control-plane, pool northd)\n"
                                   "  unmask ovn-northd.service\n"
                                   "  start ovn-northd.service\n"))
      << bench.steps(kId);
  // The mask of an installation goes with it: the kind packages sees to that.
  bench.see("n1", kNorthd, at_boot(in_state(running(), "inactive"), "masked-runtime"));
  EXPECT_EQ(bench.steps(kId).find("unmask"), std::string::npos) << bench.steps(kId);
}

TEST(Northd, a_package_daemon_without_kilns_files_is_absent) {
  Bench bench = nothing();
  bench.see("n1", kCentral, running());
  EXPECT_EQ(bench.verdict(kId), "absent");
}

// A start of what runs already changes nothing: it would go on with the package's options.
TEST(Northd, a_running_daemon_that_kiln_takes_over_is_restarted) {
  Bench bench = nothing();
  bench.see("n1", kNorthd, running({"ovn-northd", "--ovnnb-db=unix:/run/ovn/ovnnb_db.sock"}));
  EXPECT_NE(bench.steps(kId).find("  restart ovn-northd.service\n"), std::string::npos) << bench.steps(kId);
}

TEST(Northd, a_masked_daemon_without_kilns_files_is_unmasked_before_its_start) {
  Bench bench = nothing();
  bench.see("n1", kNorthd, at_boot(in_state(running(), "inactive"), "masked"));
  EXPECT_NE(bench.steps(kId).find("  unmask ovn-northd.service\n  start ovn-northd.service\n"),
            std::string::npos)
      << bench.steps(kId);
}

TEST(Northd, is_unknown_while_any_fact_is) {
  Bench bench = as_wanted();
  bench.expect_unknown_for_each_probe(kId);
}

TEST(Northd, needs_every_member_the_listeners_and_its_certificate) {
  Bench bench(2);
  EXPECT_EQ(bench.needs({"northd", "n2"}),
            "database/n1/nb\ndatabase/n2/nb\ndatabase/n1/sb\ndatabase/n2/sb\n"
            "listener/nb\nlistener/sb\ncertificate/n2/ovn-northd\n");
}

TEST(Northd, runs_on_centrals_only) {
  Bench bench(2);
  bench.placement.services["n2"] = {"chassis", "switch"};
  EXPECT_EQ(bench.all_of("northd"), "{n1}");
}

}  // namespace
}  // namespace kiln::resources::northd_test
