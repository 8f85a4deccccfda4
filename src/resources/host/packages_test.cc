#include "resources/resource_for_test.h"

namespace kiln::resources::packages_test {
namespace {

const ResourceId kId{"packages", "n1"};
const std::vector<std::string> kPackages = {"iproute2", "openssl", "openvswitch-switch", "ovn-central",
                                            "ovn-host"};
const FileLook kCondition{"/etc/systemd/system/ovn-ovsdb-server-nb.service.d/40-kiln-condition.conf"};

Bench nothing() {
  Bench bench;
  bench.lack_all(kId);
  return bench;
}
Bench as_wanted() {
  Bench bench = nothing();
  bench.put_files(kId);
  for (const std::string& package : kPackages)
    bench.see("n1", PackageLook{package}, PackageSeen{"25.03.0-1"});
  return bench;
}
/// The packages of the steps' only installation.
std::vector<std::string> installed(Bench& bench) {
  std::vector<std::string> packages;
  for (const Step& step : bench.planned(kId))
    for (const Action& action : step.actions)
      if (const auto* install = std::get_if<InstallPackages>(&action))
        packages.insert(packages.end(), install->packages.begin(), install->packages.end());
  return packages;
}

TEST(Packages, all_are_installed_with_every_daemon_held_where_there_is_nothing) {
  Bench bench = nothing();
  EXPECT_EQ(bench.verdict(kId), "absent");
  EXPECT_EQ(installed(bench), kPackages);
  const std::vector<Step> steps = bench.planned(kId);
  const auto* install = std::get_if<InstallPackages>(&steps.back().actions.back());
  ASSERT_NE(install, nullptr);
  const std::vector<std::string> held = {
      "openvswitch-switch.service",  "ovsdb-server.service", "ovs-vswitchd.service",
      "ovn-central.service",         "ovn-northd.service",   "ovn-ovsdb-server-nb.service",
      "ovn-ovsdb-server-sb.service", "ovn-host.service",     "ovn-controller.service"};
  EXPECT_EQ(install->hold, held);
}

TEST(Packages, database_servers_are_kept_from_making_a_database_before_their_package_comes) {
  Bench bench = nothing();
  EXPECT_EQ(bench.written(kId, kCondition.path),
            "# made by kiln for edge:packages/n1; changes here are undone by the next apply\n"
            "[Unit]\nConditionPathExists=/var/lib/ovn/ovnnb_db.db\n");
  bench.placement.services["n1"] = {"chassis", "switch"};
  EXPECT_EQ(bench.written(kId, kCondition.path), "");
}

TEST(Packages, as_wanted_is_no_change) {
  EXPECT_EQ(as_wanted().verdict(kId), "as wanted");
}

TEST(Packages, a_missing_package_is_installed_alone) {
  for (const std::string& package : kPackages) {
    Bench bench = as_wanted();
    bench.lack("n1", PackageLook{package});
    EXPECT_EQ(bench.verdict(kId), "package " + package + ": not there -> installed\n");
    EXPECT_EQ(installed(bench), std::vector<std::string>{package});
  }
}

TEST(Packages, each_service_brings_its_own) {
  Bench bench;
  const std::vector<std::pair<std::set<std::string>, std::vector<std::string>>> services = {
      {{}, {"iproute2", "openssl"}},
      {{"switch"}, {"iproute2", "openssl", "openvswitch-switch"}},
      {{"central"}, {"iproute2", "openssl", "ovn-central"}},
      {{"chassis"}, {"iproute2", "openssl", "ovn-host"}}};
  for (const auto& [runs, packages] : services) {
    bench.placement.services["n1"] = runs;
    bench.lack_all(kId);
    EXPECT_EQ(installed(bench), packages);
  }
}

TEST(Packages, clients_and_userspace_workloads_bring_theirs) {
  Bench bench(2);
  bench.placement.services["n1"] = {};
  bench.desired.nodes["n1"].client = "root";
  bench.desired.nodes["n1"].datapath = "netdev";
  SwitchSpec& on = bench.desired.switches["ls1"];
  on.ports["vm1"].switch_name = "ls1";
  on.ports["vm1"].name = "vm1";
  WorkloadSpec& workload = bench.desired.workloads["vm1"];
  workload = {.name = "vm1", .node = "n2", .port = "ls1/vm1", .ip = "", .mtu = 1400, .places = {}};
  bench.lack_all(kId);
  EXPECT_EQ(installed(bench), (std::vector<std::string>{"iproute2", "openssl", "ovn-common"}));
  workload.node = "n1";
  bench.lack_all(kId);
  EXPECT_EQ(installed(bench), (std::vector<std::string>{"ethtool", "iproute2", "openssl", "ovn-common"}));
}

TEST(Packages, any_version_of_the_release_is_the_release) {
  Bench bench = as_wanted();
  bench.desired.packages.ovn = "25.03";
  for (const char* version : {"25.03.0-1", "25.03-1", "1:25.03.2-1~bpo12+1", "25.03.1", "25.03.0+dfsg-2"}) {
    for (const char* package : {"ovn-central", "ovn-host"})
      bench.see("n1", PackageLook{package}, PackageSeen{version});
    EXPECT_EQ(bench.verdict(kId), "as wanted") << version;
  }
}

TEST(Packages, another_release_is_refused_and_open_vswitch_is_not_asked_for_one) {
  Bench bench = as_wanted();
  bench.desired.packages.ovn = "25.03";
  bench.see("n1", PackageLook{"openvswitch-switch"}, PackageSeen{"3.1.0-2"});
  for (const char* version : {"24.09.1-1", "25.030.0-1", "2:5.03-1"}) {
    bench.see("n1", PackageLook{"ovn-host"}, PackageSeen{version});
    EXPECT_TRUE(bench.verdict(kId).starts_with("package ovn-host: ")) << version;
    EXPECT_EQ(bench.steps(kId), "refused: n1 has ovn-host " + std::string(version) +
                                    ", the file asks for 25.03; kiln does not change a release yet");
  }
}

TEST(Packages, a_missing_one_is_an_error_where_kiln_does_not_install) {
  Bench bench = as_wanted();
  bench.desired.packages.source = "none";
  EXPECT_EQ(bench.verdict(kId), "as wanted");
  bench.lack("n1", PackageLook{"ovn-host"});
  EXPECT_EQ(bench.steps(kId), "refused: n1 lacks ovn-host and `[packages] source` is none");
}

TEST(Packages, units_that_a_killed_installation_holds_are_let_go) {
  Bench bench = as_wanted();
  for (const char* unit : {"ovn-host.service", "ovsdb-server.service"})
    bench.see("n1", UnitLook{unit}, at_boot(running(), "masked-runtime"));
  bench.see("n1", UnitLook{"ovn-northd.service"}, at_boot(running(), "masked"));
  EXPECT_EQ(bench.verdict(kId),
            "units held by an installation: {ovn-host.service, ovsdb-server.service} -> {}\n");
  EXPECT_EQ(bench.steps(kId),
            "packages/n1:install\n"
            "  unmask ovsdb-server.service\n"
            "  unmask ovn-host.service\n");
}

TEST(Packages, a_condition_that_is_gone_is_written_and_read) {
  Bench bench = as_wanted();
  bench.lack("n1", kCondition);
  EXPECT_EQ(bench.verdict(kId), kCondition.path + ": not there -> current\n");
  EXPECT_EQ(bench.steps(kId),
            "packages/n1:install\n  write " + kCondition.path + "\n  systemctl daemon-reload\n");
}

TEST(Packages, are_unknown_while_any_fact_is) {
  Bench bench = as_wanted();
  bench.expect_unknown_for_each_probe(kId);
}

TEST(Packages, are_on_every_node) {
  Bench bench(2);
  bench.placement.services["n2"] = {};
  EXPECT_EQ(bench.all_of("packages"), "{n1, n2}");
}

}  // namespace
}  // namespace kiln::resources::packages_test
