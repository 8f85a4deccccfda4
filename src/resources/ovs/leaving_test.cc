#include "resources/resource_for_test.h"

// A node that the file no longer makes a chassis, gives no switch, or that is to leave.

namespace kiln::resources::leaving_test {
namespace {

const ResourceId kChassis{"chassis", "n2"};
const ResourceId kSwitch{"openvswitch", "n2"};
const ResourceId kBridge{"bridge", "n2/br-int"};
const FileLook kControllerOptions{"/etc/kiln/ovn-controller.env"};
const FileLook kSwitchMark{"/etc/kiln/openvswitch"};

void see_ports(Bench& bench, ovsdb::Table more = {}) {
  more[row(4)] = {{"name", "br-int"}, {"external_ids", ids({})}};
  more[row(5)] = {{"name", "ovn-n1-0"}, {"external_ids", ids({{"ovn-chassis-id", "n1@192.0.2.11"}})}};
  std::vector<ovsdb::Atom> all;
  for (const auto& [uuid, port] : more) all.emplace_back(uuid);
  bench.see_rows("n2", Database::open_vswitch, "Port", more);
  bench.see_rows("n2", Database::open_vswitch, "Bridge",
                 {{row(3),
                   {{"name", "br-int"},
                    {"ports", ovsdb::Value::set(all)},
                    {"external_ids", ids({{"kiln-owner", "edge:bridge/n2/br-int"}})}}}});
}

/// n2 was a chassis with a switch and is only a central now; everything runs.
Bench leaving() {
  Bench bench(2);
  bench.placement.services["n2"] = {"central"};
  bench.see("n2", kControllerOptions, file("…"));
  bench.see("n2", kSwitchMark, file("…"));
  for (const char* unit : {"ovn-controller.service", "ovn-host.service", "openvswitch-switch.service",
                           "ovsdb-server.service", "ovs-vswitchd.service"})
    bench.see("n2", UnitLook{unit}, running());
  bench.see_rows("n2", Database::open_vswitch, "Open_vSwitch",
                 {{row(1),
                   {{"external_ids", ids({{"ovn-remote", "ssl:192.0.2.11:6642"},
                                          {"ovn-encap-ip", "192.0.2.12"},
                                          {"ovn-bridge-mappings", "physnet:br-ex"}})}}}});
  see_ports(bench);
  for (const char* table : {"Chassis", "Chassis_Private"})
    bench.see_rows(kCluster, Database::southbound, table,
                   {{row(1), {{"name", "n1"}}}, {row(2), {{"name", "n2"}}}});
  return bench;
}

TEST(LostChassis, exits_is_taken_out_of_the_southbound_and_forgets_what_it_was_told) {
  Bench bench = leaving();
  EXPECT_EQ(bench.verdict(kChassis), "not wanted");
  EXPECT_EQ(bench.steps(kChassis),
            "chassis/n2:exit (risk data-plane)\n"
            "  disable ovn-host.service\n"
            "  stop ovn-controller.service\n"
            "  stop ovn-host.service\n"
            "chassis/n2:forget (risk data-plane)\n"
            "  in OVN_Southbound\n"
            "    delete Chassis #2\n"
            "    delete Chassis_Private #2\n"
            "chassis/n2:clean\n"
            "  in Open_vSwitch\n"
            "    mutate Open_vSwitch: external_ids delete {ovn-encap-ip, ovn-remote}\n"
            "  remove /etc/systemd/system/ovn-controller.service.d/50-kiln.conf\n"
            "  systemctl daemon-reload\n"
            "  remove /etc/kiln/ovn-controller.env\n");
}

TEST(LostChassis, forgets_the_preferred_endpoint_and_the_card_and_leaves_what_others_wrote) {
  Bench bench = leaving();
  bench.see_rows(
      "n2", Database::open_vswitch, "Open_vSwitch",
      {{row(1),
        {{"external_ids", ids({{"ovn-encap-ip-default", "10.0.1.12"},
                               {"ovn-cms-options", "enable-chassis-as-gw,card-serial-number=X"}})}}}});
  const std::string steps = bench.steps(kChassis);
  EXPECT_NE(steps.find("external_ids delete ovn-encap-ip-default\n"), std::string::npos) << steps;
  EXPECT_NE(steps.find("external_ids insert {ovn-cms-options=enable-chassis-as-gw}"), std::string::npos)
      << steps;
}

// By then ovn-controller is stopped, and nothing else would tell.
TEST(LostChassis, whose_rows_are_left_is_found_by_them) {
  Bench bench = leaving();
  bench.lack("n2", kControllerOptions);
  EXPECT_EQ(bench.verdict(kChassis), "not wanted");
  for (const char* table : {"Chassis", "Chassis_Private"})
    bench.see_rows(kCluster, Database::southbound, table, {{row(1), {{"name", "n1"}}}});
  EXPECT_EQ(bench.find(kChassis), nullptr);
}

TEST(LostChassis, waits_for_the_southbound_unless_it_is_somebody_elses) {
  Bench bench = leaving();
  bench.expect_unknown_for_each_probe(kChassis);
  bench.desired.cluster.central_ips = {"203.0.113.1"};
  bench.hide(kCluster, bench.rows_look(Database::open_vswitch, "Open_vSwitch"));
  EXPECT_EQ(bench.verdict(kChassis), "not wanted");
  EXPECT_EQ(bench.steps(kChassis).find("OVN_Southbound"), std::string::npos);
}

TEST(LostBridge, goes_when_the_controller_has_and_its_link_is_seen_to_go) {
  Bench bench = leaving();
  EXPECT_EQ(bench.needs(kBridge), "chassis/n2\n");
  EXPECT_EQ(bench.steps(kBridge),
            "bridge/n2/br-int:remove (risk data-plane)\n"
            "  disable kiln-bridge-br-int.service\n"
            "  stop kiln-bridge-br-int.service\n"
            "  remove /etc/systemd/system/kiln-bridge-br-int.service\n"
            "  systemctl daemon-reload\n"
            "  in Open_vSwitch\n"
            "    mutate Open_vSwitch: bridges delete #3\n"
            "  until link br-int gone on n2\n");
}

TEST(LostBridge, with_ports_of_somebody_else_stays) {
  Bench bench = leaving();
  see_ports(bench, {{row(6), {{"name", "vnet0"}, {"external_ids", ids({})}}}});
  EXPECT_EQ(bench.verdict(kBridge),
            "foreign: bridge br-int on n2 has ports that are not kiln's: vnet0; take them out first");
}

TEST(LostBridge, of_the_file_goes_when_the_file_no_longer_has_it) {
  Bench bench = leaving();
  bench.placement.services["n2"] = {"central", "chassis", "switch"};
  EXPECT_EQ(bench.verdict(kBridge).find("not wanted"), std::string::npos);
  bench.see_rows(
      "n2", Database::open_vswitch, "Bridge",
      {{row(3), {{"name", "br-phys"}, {"external_ids", ids({{"kiln-owner", "edge:bridge/n2/br-phys"}})}}}});
  EXPECT_EQ(bench.verdict({"bridge", "n2/br-phys"}), "not wanted");
}

TEST(LostOpenVswitch, stops_after_everything_that_is_in_it) {
  Bench bench = leaving();
  EXPECT_EQ(bench.needs(kSwitch), "chassis/n2\nbridge/n2/br-int\n");
  EXPECT_EQ(bench.steps(kSwitch),
            "openvswitch/n2:stop (risk data-plane)\n"
            "  disable openvswitch-switch.service\n"
            "  stop ovs-vswitchd.service\n"
            "  stop ovsdb-server.service\n"
            "  stop openvswitch-switch.service\n"
            "  remove /etc/openvswitch/system-id.conf\n"
            "  remove /etc/kiln/openvswitch\n");
}

TEST(LostOpenVswitch, with_a_bridge_of_somebody_else_goes_on) {
  Bench bench = leaving();
  bench.see("n2", HostLook{}, HostSeen{});
  bench.see_rows("n2", Database::open_vswitch, "Bridge", {{row(3), {{"name", "br-ex"}}}});
  EXPECT_EQ(bench.verdict(kSwitch), "foreign: bridge br-ex on n2 is not kiln's, so Open vSwitch goes on");
}

TEST(LostOpenVswitch, that_kiln_has_not_made_run_is_not_kilns) {
  Bench bench = leaving();
  bench.lack("n2", kSwitchMark);
  EXPECT_EQ(bench.find(kSwitch), nullptr);
}

TEST(LostCertificate, goes_after_its_daemon) {
  Bench bench = leaving();
  const ResourceId id{"certificate", "n2/ovn-controller"};
  EXPECT_EQ(bench.find(id), nullptr);
  bench.see("n2", FileLook{"/etc/kiln/pki/ovn-controller/cert.pem"}, file("…"));
  EXPECT_EQ(bench.needs(id), "database/n2/nb\ndatabase/n2/sb\nnorthd/n2\nchassis/n2\nclient/n2\n");
  EXPECT_EQ(bench.steps(id), "certificate/n2/ovn-controller:remove\n  remove /etc/kiln/pki/ovn-controller\n");
}

TEST(LostTrust, goes_only_from_a_node_that_is_to_be_absent) {
  Bench bench = leaving();
  bench.see("n2", FileLook{"/etc/kiln/pki/ca.pem"}, file("…"));
  const ResourceId id{"trust", "n2"};
  EXPECT_NE(bench.verdict(id), "not wanted");
  bench.desired.nodes["n2"].state = "absent";
  EXPECT_EQ(bench.verdict(id), "not wanted");
  EXPECT_EQ(bench.steps(id), "trust/n2:remove\n  remove /etc/kiln/pki/ca.pem\n");
  EXPECT_EQ(bench.find({"packages", "n2"}), nullptr);
  bench.hide("n2", FileLook{"/etc/kiln/pki/ca.pem"});
  EXPECT_EQ(bench.verdict(id), "unknown: file /etc/kiln/pki/ca.pem: does not answer");
  bench.lack("n2", FileLook{"/etc/kiln/pki/ca.pem"});
  EXPECT_EQ(bench.find(id), nullptr);
}

TEST(LostConditions, go_last_and_are_read_away) {
  Bench bench = leaving();
  const ResourceId id{"packages", "n2"};
  const std::string folder = "/etc/systemd/system/ovn-ovsdb-server-";
  bench.desired.nodes["n2"].state = "absent";
  for (const char* database : {"nb", "sb"}) {
    bench.see("n2", FileLook{folder + database + ".service.d/40-kiln-condition.conf"}, file("…"));
    bench.lack("n2", UnitLook{"ovn-ovsdb-server-" + std::string(database) + ".service"});
  }
  EXPECT_EQ(bench.needs(id), "northd/n2\ndatabase/n2/nb\ndatabase/n2/sb\n");
  EXPECT_EQ(bench.steps(id),
            "packages/n2:release\n"
            "  remove /etc/systemd/system/ovn-ovsdb-server-nb.service.d/40-kiln-condition.conf\n"
            "  remove /etc/systemd/system/ovn-ovsdb-server-sb.service.d/40-kiln-condition.conf\n"
            "  systemctl daemon-reload\n");
  // Killed before systemd had read it.
  for (const char* database : {"nb", "sb"})
    bench.lack("n2", FileLook{folder + database + ".service.d/40-kiln-condition.conf"});
  UnitSeen stale = running();
  stale.needs_reload = true;
  bench.see("n2", UnitLook{"ovn-ovsdb-server-nb.service"}, stale);
  EXPECT_EQ(bench.steps(id), "packages/n2:release\n  systemctl daemon-reload\n");
}

TEST(DeadChassis, is_taken_out_of_the_southbound_unless_it_answers) {
  Bench bench = leaving();
  bench.desired.nodes["n2"].state = "dead";
  bench.desired.dead.insert(bench.desired.nodes.extract("n2"));
  bench.hide("n2", HostLook{});
  EXPECT_EQ(bench.made(kChassis).host(), kCluster);
  EXPECT_EQ(bench.steps(kChassis),
            "chassis/n2:forget (risk data-plane)\n"
            "  in OVN_Southbound\n"
            "    delete Chassis #2\n"
            "    delete Chassis_Private #2\n");
  bench.see("n2", HostLook{}, HostSeen{});
  EXPECT_EQ(bench.steps(kChassis),
            "refused: n2 answers, so it is not dead: `state = \"absent\"` lets it leave");
}

}  // namespace
}  // namespace kiln::resources::leaving_test
