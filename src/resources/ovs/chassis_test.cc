#include "pki/workbench_for_test.h"
#include "resources/resource_for_test.h"

namespace kiln::resources::chassis_test {
namespace {

const ResourceId kId{"chassis", "n1"};
const UnitLook kController{"ovn-controller.service"};
const UnitLook kHostUnit{"ovn-host.service"};
const FileLook kDropIn{"/etc/systemd/system/ovn-controller.service.d/50-kiln.conf"};
const std::vector<std::string> kCommandLine = {
    "ovn-controller", "unix:/run/openvswitch/db.sock", "--private-key=/etc/kiln/pki/ovn-controller/key.pem",
    "--certificate=/etc/kiln/pki/ovn-controller/cert.pem", "--ca-cert=/etc/kiln/pki/ca.pem"};

constexpr const char* kGate = "  until chassis n1 registered in OVN_Southbound with encap 192.0.2.11 on n1\n";
constexpr const char* kRun = "chassis/n1:run (risk data-plane)\n";

using Keys = std::map<std::string, std::string>;
const Keys kKeys = {{"system-id", "n1"},
                    {"ovn-remote", "ssl:192.0.2.11:6642"},
                    {"ovn-encap-type", "geneve"},
                    {"ovn-encap-ip", "192.0.2.11"},
                    {"ovn-remote-probe-interval", "60000"},
                    {"hostname", "n1.example"},
                    {"ovn-bridge-mappings", "physnet:br-ex"}};

void see_keys(Bench& bench, const Keys& keys) {
  bench.see_rows("n1", Database::open_vswitch, "Open_vSwitch", {{row(1), {{"external_ids", ids(keys)}}}});
}
void see_chassis(Bench& bench, const std::vector<std::string>& names) {
  ovsdb::Table rows;
  for (const std::string& name : names) rows[row(static_cast<int>(rows.size()) + 1)] = {{"name", name}};
  bench.see_rows(kCluster, Database::southbound, "Chassis", rows);
}
Bench nothing() {
  Bench bench;
  bench.lack_all(kId);
  see_keys(bench, {{"hostname", "n1.example"}, {"rundir", "/run/openvswitch"}});
  return bench;
}
Bench as_wanted() {
  Bench bench = nothing();
  bench.put_files(kId);
  see_keys(bench, kKeys);
  bench.see("n1", kController, running(kCommandLine));
  bench.see("n1", kHostUnit, running());
  see_chassis(bench, {"n1"});
  return bench;
}
Bench with_key(const std::string& key, const std::string& value) {
  Bench bench = as_wanted();
  Keys keys = kKeys;
  keys[key] = value;
  see_keys(bench, keys);
  return bench;
}

TEST(Chassis, is_configured_told_and_run_where_there_is_nothing) {
  Bench bench = nothing();
  EXPECT_EQ(bench.verdict(kId), "absent");
  EXPECT_EQ(
      bench.steps(kId),
      "chassis/n1:configure\n"
      "  write /etc/kiln/ovn-controller.env\n"
      "  write /etc/systemd/system/ovn-controller.service.d/50-kiln.conf\n"
      "  systemctl daemon-reload\n"
      "chassis/n1:external-ids\n"
      "  in Open_vSwitch\n"
      "    mutate Open_vSwitch: external_ids delete {ovn-bridge-datapath-type, ovn-encap-ip, ovn-encap-type, "
      "ovn-remote, ovn-remote-probe-interval, system-id}"
      " external_ids insert {ovn-encap-ip=192.0.2.11, ovn-encap-type=geneve,"
      " ovn-remote-probe-interval=60000, ovn-remote=ssl:192.0.2.11:6642, system-id=n1}\n"
      "chassis/n1:run\n"
      "  start ovn-controller.service\n"
      "  enable ovn-host.service\n"
      "  start ovn-host.service\n"
      "  appctl ovn-controller sb-cluster-state-reset\n" +
          std::string(kGate));
}

TEST(Chassis, as_wanted_is_no_change_beside_keys_of_others) {
  EXPECT_EQ(as_wanted().verdict(kId), "as wanted");
}

TEST(Chassis, only_the_key_that_drifted_is_replaced) {
  for (const auto& [key, wanted] : kKeys) {
    if (key == "hostname" || key == "ovn-bridge-mappings" || key == "system-id") continue;
    // A list that shares nothing with ours is another deployment's: see below.
    const std::string drifted = key == "ovn-remote" ? wanted + ",ssl:203.0.113.1:6642" : "drifted";
    Bench bench = with_key(key, drifted);
    EXPECT_NE(bench.verdict(kId).find("external_ids:" + key + ": "), std::string::npos);
    EXPECT_EQ(bench.steps(kId),
              "chassis/n1:external-ids (risk data-plane)\n"
              "  in Open_vSwitch\n"
              "    mutate Open_vSwitch: external_ids delete " +
                  key + " external_ids insert {" + key + '=' + wanted + "}\n" + kRun + kGate);
  }
}

TEST(Chassis, a_key_that_is_gone_is_put_back) {
  Bench bench = as_wanted();
  Keys keys = kKeys;
  keys.erase("ovn-remote");
  see_keys(bench, keys);
  EXPECT_EQ(bench.verdict(kId), "external_ids:ovn-remote: not there -> ssl:192.0.2.11:6642\n");
}

TEST(Chassis, is_told_every_central_its_encapsulations_and_its_datapath) {
  Bench bench(2);
  bench.desired.nodes["n2"].address = "2001:db8::2";
  NodeSpec& node = bench.desired.nodes["n1"];
  node.encap = {.ip = "2001:db8:1::1", .ips = {}, .types = {"geneve", "vxlan"}};
  node.datapath = "netdev";
  bench.lack_all(kId);
  EXPECT_NE(bench.steps(kId).find(
                "external_ids insert {ovn-bridge-datapath-type=netdev, ovn-encap-ip=2001:db8:1::1,"
                " ovn-encap-type=geneve,vxlan,"
                " ovn-remote-probe-interval=60000, ovn-remote=ssl:192.0.2.11:6642,ssl:[2001:db8::2]:6642, "
                "system-id=n1}\n"),
            std::string::npos)
      << bench.steps(kId);
  const ChassisRegistered registered{"n1", {"2001:db8:1::1"}, {"geneve", "vxlan"}};
  EXPECT_EQ(bench.planned(kId).back().gates.front().condition, Condition(registered));
}

TEST(Chassis, has_several_endpoints_of_which_one_is_preferred) {
  Bench bench = nothing();
  bench.desired.nodes["n1"].encap = {
      .ip = "10.0.2.11", .ips = {"10.0.2.11", "10.0.1.11"}, .types = {"geneve"}};
  const std::string steps = bench.steps(kId);
  EXPECT_NE(steps.find("ovn-encap-ip-default=10.0.2.11, ovn-encap-ip=10.0.1.11,10.0.2.11,"),
            std::string::npos)
      << steps;
  EXPECT_NE(steps.find("registered in OVN_Southbound with encap 10.0.1.11, 10.0.2.11"), std::string::npos);
}

TEST(Chassis, endpoints_have_no_order) {
  Bench bench = with_key("ovn-encap-ip", "10.0.2.11,10.0.1.11");
  bench.desired.nodes["n1"].encap.ips = {"10.0.1.11", "10.0.2.11"};
  EXPECT_EQ(bench.verdict(kId), "as wanted");
}

TEST(Chassis, of_one_endpoint_loses_the_preference_of_before) {
  Bench bench = with_key("ovn-encap-ip-default", "10.0.2.11");
  EXPECT_EQ(bench.verdict(kId), "external_ids:ovn-encap-ip-default: 10.0.2.11 -> \n");
  EXPECT_NE(bench.steps(kId).find("external_ids delete ovn-encap-ip-default"), std::string::npos);
}

Bench of_card(Bench bench, const std::string& serial_number) {
  bench.see("n1", CardLook{}, CardSeen{"0000:03:00.0", serial_number});
  return bench;
}

TEST(Chassis, of_a_card_tells_its_serial_number) {
  Bench bench = of_card(as_wanted(), "MT2113X00000");
  EXPECT_EQ(bench.verdict(kId), "external_ids:ovn-cms-options card-serial-number:  -> MT2113X00000\n");
  EXPECT_EQ(
      bench.steps(kId),
      "chassis/n1:external-ids (risk data-plane)\n"
      "  in Open_vSwitch\n"
      "    mutate Open_vSwitch: external_ids insert {ovn-cms-options=card-serial-number=MT2113X00000}\n" +
          std::string(kRun) + kGate);
}

TEST(Chassis, of_a_card_keeps_what_others_wrote_beside_it) {
  Bench bench =
      of_card(with_key("ovn-cms-options", "enable-chassis-as-gw,card-serial-number=OLD,a=b"), "NEW");
  EXPECT_EQ(bench.verdict(kId), "external_ids:ovn-cms-options card-serial-number: OLD -> NEW\n");
  const std::string steps = bench.steps(kId);
  EXPECT_NE(
      steps.find("external_ids insert {ovn-cms-options=enable-chassis-as-gw,a=b,card-serial-number=NEW}"),
      std::string::npos)
      << steps;
  EXPECT_NE(steps.find("includes{ovn-cms-options=enable-chassis-as-gw,card-serial-number=OLD,a=b}"),
            std::string::npos)
      << steps;
  EXPECT_EQ(of_card(with_key("ovn-cms-options", "a=b,card-serial-number=NEW"), "NEW").verdict(kId),
            "as wanted");
}

TEST(Chassis, of_no_card_loses_a_serial_number_and_nothing_else) {
  EXPECT_EQ(with_key("ovn-cms-options", "enable-chassis-as-gw").verdict(kId), "as wanted");
  Bench alone = with_key("ovn-cms-options", "card-serial-number=OLD");
  EXPECT_EQ(alone.verdict(kId), "external_ids:ovn-cms-options card-serial-number: OLD -> \n");
  EXPECT_EQ(alone.steps(kId).find("insert"), std::string::npos) << alone.steps(kId);
  Bench among = with_key("ovn-cms-options", "card-serial-number=OLD,a=b");
  EXPECT_NE(among.steps(kId).find("insert {ovn-cms-options=a=b}"), std::string::npos) << among.steps(kId);
}

TEST(Chassis, of_a_card_that_cannot_be_read_is_put_off) {
  Bench bench = as_wanted();
  bench.hide("n1", CardLook{});
  EXPECT_TRUE(bench.verdict(kId).starts_with("unknown: ")) << bench.verdict(kId);
}

// ovn-controller would set the bridge's datapath to netdev again, and the bridge never converge.
TEST(Chassis, a_datapath_type_of_before_is_taken_back_on_the_system_datapath) {
  EXPECT_NE(with_key("ovn-bridge-datapath-type", "netdev").verdict(kId), "as wanted");
}

TEST(Chassis, a_controller_with_other_arguments_is_restarted_until_it_is_registered) {
  Bench bench = as_wanted();
  bench.see("n1", kController, running({"ovn-controller", "--ca-cert=/etc/kiln/pki/ca.pem"}));
  EXPECT_EQ(
      bench.verdict(kId),
      "ovn-controller.service arguments: {--ca-cert=/etc/kiln/pki/ca.pem} -> {--ca-cert=/etc/kiln/pki/ca.pem,"
      " --certificate=/etc/kiln/pki/ovn-controller/cert.pem,"
      " --private-key=/etc/kiln/pki/ovn-controller/key.pem}\n");
  EXPECT_EQ(bench.steps(kId), kRun + std::string("  restart ovn-controller.service\n") + kGate);
}

TEST(Chassis, a_drop_in_that_differs_is_written) {
  Bench bench = as_wanted();
  bench.see("n1", kDropIn, file("[Service]\n"));
  EXPECT_EQ(bench.verdict(kId), kDropIn.path + ": differs -> current\n");
  EXPECT_EQ(bench.steps(kId),
            "chassis/n1:configure\n  write " + kDropIn.path + "\n  systemctl daemon-reload\n");
}

TEST(Chassis, what_boot_starts_is_enabled_and_started) {
  Bench bench = as_wanted();
  bench.see("n1", kHostUnit, at_boot(running(), "disabled"));
  EXPECT_EQ(bench.verdict(kId), "ovn-host.service at boot: disabled -> enabled\n");
  EXPECT_EQ(bench.steps(kId), kRun + std::string("  enable ovn-host.service\n"));
  bench.see("n1", kHostUnit, in_state(running(), "inactive"));
  EXPECT_EQ(bench.verdict(kId), "ovn-host.service: inactive -> active\n");
  EXPECT_EQ(bench.steps(kId), kRun + std::string("  start ovn-host.service\n"));
}

TEST(Chassis, a_package_daemon_that_runs_with_other_options_is_restarted) {
  Bench bench = nothing();
  bench.see("n1", kController, running({"ovn-controller"}));
  EXPECT_NE(bench.steps(kId).find("  restart ovn-controller.service\n"), std::string::npos)
      << bench.steps(kId);
}

TEST(Chassis, an_empty_table_of_open_vswitch_is_no_chassis) {
  Bench bench = nothing();
  bench.see_rows("n1", Database::open_vswitch, "Open_vSwitch", {});
  EXPECT_EQ(bench.verdict(kId), "absent");
}

TEST(Chassis, is_unknown_while_any_fact_is) {
  Bench bench = as_wanted();
  bench.expect_unknown_for_each_probe(kId, {bench.rows_look(Database::southbound, "Chassis"),
                                            bench.rows_look(Database::southbound, "Chassis_Private")});
}

TEST(Chassis, of_another_name_leaves_with_its_rows_before_it_is_told_its_own) {
  Bench bench = with_key("system-id", "other");
  see_chassis(bench, {"n2", "other"});
  EXPECT_EQ(bench.steps(kId),
            "chassis/n1:exit (risk data-plane)\n"
            "  stop ovn-controller.service\n"
            "chassis/n1:forget (risk data-plane)\n"
            "  in OVN_Southbound\n"
            "    delete Chassis #2\n"
            "chassis/n1:external-ids (risk data-plane)\n"
            "  in Open_vSwitch\n"
            "    mutate Open_vSwitch: external_ids delete system-id external_ids insert {system-id=n1}\n"
            "chassis/n1:run (risk data-plane)\n"
            "  start ovn-controller.service\n"
            "  appctl ovn-controller sb-cluster-state-reset\n" +
                std::string(kGate));
}

// The rows are that node's own: it would have to register again for nothing.
TEST(Chassis, that_was_given_the_name_of_another_node_leaves_that_ones_rows) {
  Bench bench(2);
  bench.lack_all(kId);
  bench.put_files(kId);
  Keys keys = kKeys;
  keys["system-id"] = "n2";
  see_keys(bench, keys);
  see_chassis(bench, {"n2"});
  EXPECT_EQ(bench.steps(kId).find("forget"), std::string::npos) << bench.steps(kId);
}

// Its cluster was made anew: the rows that the client knows are newer than any that the new one has.
TEST(Chassis, that_runs_and_is_not_registered_forgets_the_cluster_it_knew) {
  Bench bench = as_wanted();
  see_chassis(bench, {"n2"});
  EXPECT_EQ(bench.verdict(kId), "southbound: not there -> registered\n");
  EXPECT_EQ(bench.steps(kId),
            "chassis/n1:run (risk data-plane)\n  appctl ovn-controller sb-cluster-state-reset\n" +
                std::string(kGate));
}

TEST(Chassis, is_mended_also_while_nobody_can_say_who_is_registered) {
  Bench bench = with_key("ovn-encap-ip", "192.0.2.99");
  bench.hide(kCluster, bench.rows_look(Database::southbound, "Chassis"));
  EXPECT_EQ(bench.verdict(kId), "external_ids:ovn-encap-ip: 192.0.2.99 -> 192.0.2.11\n");
}

TEST(Chassis, needs_databases_listener_certificate_and_bridges_first) {
  Bench bench(2);
  bench.desired.nodes["n1"].bridges["br-phys"].name = "br-phys";
  EXPECT_EQ(bench.needs(kId),
            "database/n1/sb\ndatabase/n2/sb\nlistener/sb\ncertificate/n1/ovn-controller\n"
            "bridge/n1/br-int\nbridge/n1/br-phys\n");
}

TEST(Chassis, there_is_none_without_a_central) {
  Bench bench(2);
  bench.placement.services["n1"] = {"central"};
  EXPECT_EQ(bench.all_of("chassis"), "{n2}");
  bench.placement.services["n1"] = {"switch"};
  bench.placement.services["n2"] = {"chassis", "switch"};
  EXPECT_EQ(bench.all_of("chassis"), "{}");
}

TEST(Chassis, an_attribute_points_at_its_line) {
  Bench bench;
  bench.desired.nodes["n1"].places.keys["encap.ip"] = {"kiln.toml", 42, 1, 0, 0};
  EXPECT_EQ(bench.made(kId).span_of("external_ids:ovn-encap-ip").line, 42);
  EXPECT_EQ(bench.made(kId).span_of("external_ids:ovn-remote").line, 1);
}

/// n1 with [cluster] central-ips, of which the second shows a certificate of `authority`.
Bench with_centrals_of_others(const std::string& authority_pem) {
  pki::Workbench workbench;
  const pki::CertificateShape shape = pki::full_shape();
  const std::string served = pki::sign(pki::open_edge(), workbench.request(shape.common_name), shape);
  Bench bench;
  bench.desired.cluster.central_ips = {"203.0.113.1", "2001:db8::2"};
  bench.placement.services["n1"] = {"chassis", "switch"};
  bench.placement.centrals.clear();
  bench.lack_all(kId);
  see_keys(bench, {{"hostname", "n1.example"}});
  HostSeen host;
  host.time_ms = std::chrono::duration_cast<Duration>(pki::kNow.time_since_epoch()).count();
  bench.see("n1", HostLook{}, host);
  bench.see("n1", ServedCertificateLook{"2001:db8::2", 6642}, CertificateSeen{served});
  if (!authority_pem.empty())
    bench.see(kiln::kController, FileLook{"/home/me/pki/ca.pem"}, file(authority_pem));
  return bench;
}

TEST(Chassis, of_somebody_elses_centrals_are_told_their_addresses_and_ask_the_controller) {
  Bench bench = with_centrals_of_others(pki::edge_authority().certificate_pem);
  EXPECT_EQ(bench.verdict(kId), "absent");
  const std::string steps = bench.steps(kId);
  EXPECT_NE(steps.find("ovn-remote=ssl:203.0.113.1:6642,ssl:[2001:db8::2]:6642"), std::string::npos) << steps;
  EXPECT_NE(steps.find("until ovn-controller connected to the southbound database on n1"), std::string::npos)
      << steps;
  EXPECT_EQ(steps.find("registered"), std::string::npos) << steps;
}

TEST(Chassis, are_not_sent_to_centrals_that_they_would_not_trust) {
  pki::Workbench workbench;
  Bench bench = with_centrals_of_others(workbench.foreign_authority("kiln edge CA").certificate_pem);
  const std::string why =
      "refused: no central of [cluster] central-ips can be used from n1: "
      "ssl:203.0.113.1:6642: nobody answers with TLS there; ssl:[2001:db8::2]:6642: ";
  EXPECT_EQ(bench.steps(kId).substr(0, why.size()), why);
  EXPECT_EQ(with_centrals_of_others("").steps(kId), "refused: there is no authority in [ca] dir yet");
}

// Else their Chassis row would stay in a southbound that kiln cannot write.
TEST(Chassis, leaves_the_southbound_of_others_before_it_goes_to_ours_and_the_other_way) {
  const auto stops = [](Bench& bench, const std::string& before) {
    Keys keys = kKeys;
    keys["ovn-remote"] = before;
    see_keys(bench, keys);
    return bench.steps(kId).find("stop ovn-controller.service") != std::string::npos;
  };
  Bench ours = as_wanted();
  EXPECT_TRUE(stops(ours, "ssl:203.0.113.1:6642"));
  EXPECT_FALSE(stops(ours, "ssl:203.0.113.1:6642,ssl:192.0.2.11:6642"));
  ours.desired.dead["n9"].address = "192.0.2.19";  // all that it knew died
  EXPECT_FALSE(stops(ours, "ssl:192.0.2.19:6642"));

  Bench theirs = with_centrals_of_others(pki::edge_authority().certificate_pem);
  EXPECT_TRUE(stops(theirs, "ssl:192.0.2.11:6642"));
  EXPECT_FALSE(stops(theirs, "ssl:203.0.113.9:6642"));
}

}  // namespace
}  // namespace kiln::resources::chassis_test
