#include "resources/nb/rows.h"
#include "resources/resource_for_test.h"

namespace kiln::resources::workload_test {
namespace {

const ResourceId kId{"workload", "vm1"};
constexpr const char* kMark = "edge:workload/vm1";
const UnitLook kUnit{"kiln-workload-vm1.service"};
const FileLook kUnitFile{"/etc/systemd/system/kiln-workload-vm1.service"};
const NamespaceLook kNamespace{"vm1"};

constexpr const char* kLinkUp = "  until kiln-workload-vm1.service active on n1\n";
constexpr const char* kPortStep =
    "workload/vm1:port (risk data-plane)\n"
    "  until logical switch port ls1-vm1 up on cluster\n";

NamespaceSeen eth0(const std::string& mac, int mtu, const std::vector<std::string>& addresses,
                   bool up = true) {
  return {{{"lo", "", true, 65536, {}}, {"eth0", mac, up, mtu, addresses}}};
}
ovsdb::Row interface_row(const std::map<std::string, std::string>& external_ids) {
  return {{"name", "w-vm1"}, {"external_ids", ids(external_ids)}};
}

Bench nothing(int nodes = 1) {
  Bench bench(nodes);
  PortSpec& port = bench.desired.switches["ls1"].ports["vm1"];
  bench.desired.switches["ls1"].name = "ls1";
  port.switch_name = "ls1";
  port.name = "vm1";
  port.nb_name = "ls1-vm1";
  port.addresses = {"02:ac:10:ff:00:0b 172.16.255.11"};
  WorkloadSpec& workload = bench.desired.workloads["vm1"];
  workload.name = "vm1";
  workload.node = "n1";
  workload.port = "ls1/vm1";
  workload.ip = "172.16.255.11/24";
  bench.names[row_uuid(std::string(kMark) + "#port")] = "new-port";
  bench.names[row_uuid(std::string(kMark) + "#interface")] = "new-interface";
  bench.lack_all(kId);
  return bench;
}
/// The host's end of its link.
void see_outer(Bench& bench, bool up) {
  HostSeen host;
  host.links = {{"w-vm1", "", up, 1400, {}}};
  bench.see("n1", HostLook{}, host);
}
Bench as_wanted() {
  Bench bench = nothing();
  bench.put_files(kId);
  bench.see("n1", kUnit, running());
  bench.see("n1", kNamespace, eth0("02:ac:10:ff:00:0b", 1400, {"172.16.255.11/24"}));
  see_outer(bench, true);
  bench.see_rows("n1", Database::open_vswitch, "Interface",
                 {{row(3), interface_row({{kOwnerKey, kMark}, {"iface-id", "ls1-vm1"}, {"vm-id", "7"}})}});
  return bench;
}

TEST(Workload, gets_a_namespace_and_then_a_port_where_there_is_nothing) {
  Bench bench = nothing();
  bench.see_rows("n1", Database::open_vswitch, "Bridge",
                 {{row(1), {{"name", "br-ex"}}}, {row(2), {{"name", "br-int"}}}});
  EXPECT_EQ(bench.verdict(kId), "absent");
  EXPECT_EQ(bench.steps(kId),
            "workload/vm1:namespace\n"
            "  write /etc/systemd/system/kiln-workload-vm1.service\n"
            "  systemctl daemon-reload\n"
            "  enable kiln-workload-vm1.service\n"
            "  start kiln-workload-vm1.service\n" +
                std::string(kLinkUp) +
                "workload/vm1:port\n"
                "  in Open_vSwitch\n"
                "    insert Interface as #new-interface: external_ids={iface-id=ls1-vm1,"
                " kiln-owner=edge:workload/vm1} name=w-vm1\n"
                "    insert Port as #new-port: external_ids={kiln-owner=edge:workload/vm1}"
                " interfaces=#new-interface name=w-vm1\n"
                "    mutate Bridge name==br-int: ports insert #new-port\n"
                "  until logical switch port ls1-vm1 up on cluster\n");
}

TEST(Workload, finds_a_bridge_that_the_same_plan_makes_by_its_name) {
  Bench bench = nothing();
  EXPECT_NE(bench.steps(kId).find("    mutate Bridge name==br-int: ports insert #new-port\n"),
            std::string::npos)
      << bench.steps(kId);
}

TEST(Workload, its_unit_makes_the_namespace_again_at_every_boot) {
  Bench bench = nothing();
  EXPECT_EQ(
      bench.written(kId, kUnitFile.path),
      "# made by kiln for edge:workload/vm1; changes here are undone by the next apply\n"
      "[Unit]\nDescription=kiln: workload vm1\nAfter=network-pre.target ovs-vswitchd.service\n\n"
      "[Service]\nType=oneshot\nRemainAfterExit=yes\n"
      "ExecStart=-/usr/sbin/ip link delete w-vm1\n"
      "ExecStart=-/usr/sbin/ip netns add vm1\n"
      "ExecStart=/usr/sbin/ip link add w-vm1 type veth peer name eth0 netns vm1 address 02:ac:10:ff:00:0b\n"
      "ExecStart=/usr/sbin/ip -n vm1 link set dev lo up\n"
      "ExecStart=/usr/sbin/ip -n vm1 link set dev eth0 mtu 1400 up\n"
      "ExecStart=/usr/sbin/ip -n vm1 address replace 172.16.255.11/24 dev eth0\n"
      "ExecStart=/usr/sbin/ip link set dev w-vm1 up\n"
      "ExecStop=-/usr/sbin/ip link delete w-vm1\n"
      "ExecStop=-/usr/sbin/ip netns delete vm1\n\n"
      "[Install]\nWantedBy=multi-user.target\n");
}

TEST(Workload, checksums_are_filled_in_on_the_userspace_datapath) {
  Bench bench = nothing();
  bench.desired.nodes["n1"].datapath = "netdev";
  EXPECT_NE(bench.written(kId, kUnitFile.path)
                .find("ExecStart=/usr/sbin/ip netns exec vm1 /usr/sbin/ethtool -K eth0 tx off\n"),
            std::string::npos);
}

TEST(Workload, as_wanted_is_no_change_with_more_addresses_too) {
  Bench bench = as_wanted();
  EXPECT_EQ(bench.verdict(kId), "as wanted");
  bench.see("n1", kNamespace, eth0("02:ac:10:ff:00:0b", 1400, {"fd00::1/64", "172.16.255.11/24"}));
  EXPECT_EQ(bench.verdict(kId), "as wanted");
}

TEST(Workload, a_link_that_drifted_is_made_again_and_its_port_left) {
  const std::vector<std::pair<NamespaceSeen, std::string>> drifts = {
      {eth0("02:00:00:00:00:99", 1400, {"172.16.255.11/24"}),
       "mac: 02:00:00:00:00:99 -> 02:ac:10:ff:00:0b\n"},
      {eth0("02:ac:10:ff:00:0b", 1500, {"172.16.255.11/24"}), "mtu: 1500 -> 1400\n"},
      {eth0("02:ac:10:ff:00:0b", 1400, {"172.16.255.99/24"}),
       "address: 172.16.255.99/24 -> 172.16.255.11/24\n"},
      {eth0("02:ac:10:ff:00:0b", 1400, {}), "address: not there -> 172.16.255.11/24\n"},
      {eth0("02:ac:10:ff:00:0b", 1400, {"172.16.255.11/24"}, false),
       "address: not there -> 172.16.255.11/24\nlink: down -> up\n"}};
  for (const auto& [seen, difference] : drifts) {
    Bench bench = as_wanted();
    bench.see("n1", kNamespace, seen);
    EXPECT_EQ(bench.verdict(kId), difference);
    EXPECT_EQ(bench.steps(kId), "workload/vm1:namespace (risk data-plane)\n  restart " + kUnit.unit + '\n' +
                                    kLinkUp + kPortStep);
  }
}

TEST(Workload, a_link_that_is_down_at_the_hosts_end_is_put_up) {
  Bench bench = as_wanted();
  see_outer(bench, false);
  EXPECT_EQ(bench.verdict(kId), "link: down -> up\n");
  EXPECT_EQ(bench.steps(kId),
            "workload/vm1:namespace (risk data-plane)\n  restart " + kUnit.unit + '\n' + kLinkUp + kPortStep);
}

TEST(Workload, an_ip_that_leaves_the_file_goes_before_the_unit_that_tells_of_it) {
  Bench bench = as_wanted();
  bench.desired.workloads["vm1"].ip.clear();
  EXPECT_EQ(bench.verdict(kId),
            kUnitFile.path + ": differs -> current\naddress: 172.16.255.11/24 -> not wanted\n");
  EXPECT_EQ(bench.steps(kId),
            "workload/vm1:namespace (risk data-plane)\n  stop kiln-workload-vm1.service\n  write " +
                kUnitFile.path + "\n  systemctl daemon-reload\n  restart kiln-workload-vm1.service\n" +
                kLinkUp + kPortStep);
}

TEST(Workload, without_an_ip_may_have_one_from_elsewhere) {
  Bench bench = as_wanted();
  bench.desired.workloads["vm1"].ip.clear();
  bench.put_files(kId);
  bench.see("n1", kNamespace, eth0("02:ac:10:ff:00:0b", 1400, {"172.16.255.99/24"}));
  EXPECT_EQ(bench.verdict(kId), "as wanted");
}

TEST(Workload, a_namespace_that_is_gone_is_made_again) {
  Bench bench = as_wanted();
  bench.lack("n1", kNamespace);
  EXPECT_EQ(bench.verdict(kId),
            "address: not there -> 172.16.255.11/24\nlink: not there -> up\nmac: not there -> "
            "02:ac:10:ff:00:0b\nmtu: not there -> 1400\n");
}

TEST(Workload, only_the_units_part_that_differs_is_done) {
  const std::string step = "workload/vm1:namespace (risk data-plane)\n";
  Bench bench = as_wanted();
  bench.see("n1", kUnit, in_state(running(), "failed"));
  EXPECT_EQ(bench.verdict(kId), kUnit.unit + ": failed -> active\n");
  EXPECT_EQ(bench.steps(kId), step + "  restart " + kUnit.unit + '\n' + kLinkUp + kPortStep);

  bench = as_wanted();
  bench.see("n1", kUnit, at_boot(running(), "disabled"));
  EXPECT_EQ(bench.verdict(kId), kUnit.unit + " at boot: disabled -> enabled\n");
  EXPECT_EQ(bench.steps(kId), step + "  enable " + kUnit.unit + '\n' + kLinkUp + kPortStep);

  bench = as_wanted();
  bench.see("n1", kUnitFile, file("[Service]\nExecStart=/bin/true\n"));
  EXPECT_EQ(bench.verdict(kId), kUnitFile.path + ": differs -> current\n");
  EXPECT_EQ(bench.steps(kId), step + "  write " + kUnitFile.path + "\n  systemctl daemon-reload\n  restart " +
                                  kUnit.unit + '\n' + kLinkUp + kPortStep);
}

TEST(Workload, a_drifted_iface_id_is_replaced_and_keys_of_others_survive) {
  Bench bench = as_wanted();
  bench.see_rows("n1", Database::open_vswitch, "Interface",
                 {{row(3), interface_row({{kOwnerKey, kMark}, {"iface-id", "ls1-vm9"}, {"vm-id", "7"}})}});
  EXPECT_EQ(bench.verdict(kId), "iface-id: ls1-vm9 -> ls1-vm1\n");
  EXPECT_EQ(bench.steps(kId),
            "workload/vm1:port (risk data-plane)\n"
            "  in Open_vSwitch\n"
            "    mutate Interface #3: external_ids delete iface-id external_ids insert"
            " {iface-id=ls1-vm1, kiln-owner=edge:workload/vm1}\n"
            "  until logical switch port ls1-vm1 up on cluster\n");
}

TEST(Workload, an_interface_of_somebody_else_is_foreign) {
  for (const std::map<std::string, std::string>& external_ids :
       std::vector<std::map<std::string, std::string>>{{}, {{kOwnerKey, "other:workload/vm1"}}}) {
    Bench bench = as_wanted();
    bench.see_rows("n1", Database::open_vswitch, "Interface", {{row(3), interface_row(external_ids)}});
    EXPECT_EQ(bench.verdict(kId), "foreign: interface w-vm1 on n1 is there and is not kiln's");
  }
}

TEST(Workload, is_unknown_while_any_fact_is) {
  Bench bench = as_wanted();
  bench.expect_unknown_for_each_probe(kId, {switch_ports_look()});
}

TEST(Workload, is_not_made_while_its_port_may_be_bound_on_a_host_that_does_not_answer) {
  Bench bench = nothing(2);
  EXPECT_EQ(bench.verdict(kId), "absent");
  bench.hide("n2", bench.rows_look(Database::open_vswitch, "Port"));
  ovsdb::Row port{{"name", "ls1-vm1"},
                  {"external_ids", ids({{kOwnerKey, "edge:logical-switch-port/ls1/vm1"}})}};
  bench.see_rows(kCluster, Database::northbound, "Logical_Switch_Port", {{row(8), port}});
  EXPECT_EQ(bench.verdict(kId), "absent");
  port["up"] = true;
  bench.see_rows(kCluster, Database::northbound, "Logical_Switch_Port", {{row(8), port}});
  EXPECT_TRUE(bench.verdict(kId).starts_with("unknown: ls1-vm1 is up or may be, and n2 has not said"))
      << bench.verdict(kId);
}

// The plan starts that host's Open vSwitch, and what its database holds is bound at once.
TEST(Workload, is_not_made_while_a_host_that_the_plan_starts_may_hold_it) {
  Bench bench = nothing(2);
  UnitSeen server = running();
  bench.see("n2", DatabaseFileLook{Database::open_vswitch}, DatabaseFileSeen{});
  bench.see("n2", UnitLook{"ovsdb-server.service"}, server);
  EXPECT_EQ(bench.verdict(kId), "absent");
  server.active_state = "inactive";
  bench.see("n2", UnitLook{"ovsdb-server.service"}, server);
  EXPECT_TRUE(bench.verdict(kId).starts_with("unknown: ls1-vm1 is up or may be, and n2 has not said"))
      << bench.verdict(kId);
  bench.lack("n2", DatabaseFileLook{Database::open_vswitch});
  EXPECT_EQ(bench.verdict(kId), "absent");  // it never ran
}

TEST(Workload, needs_its_port_its_chassis_and_northd) {
  Bench bench = nothing(2);
  EXPECT_EQ(bench.needs(kId), "logical-switch-port/ls1/vm1\nchassis/n1\nnorthd/n1\n");
}

TEST(Workload, an_attribute_points_at_its_line) {
  Bench bench = nothing();
  bench.desired.workloads["vm1"].places.keys = {{"port", {"kiln.toml", 5, 1, 0, 0}},
                                                {"ip", {"kiln.toml", 6, 1, 0, 0}}};
  EXPECT_EQ(bench.made(kId).span_of("iface-id").line, 5);
  EXPECT_EQ(bench.made(kId).span_of("address").line, 6);
}

}  // namespace
}  // namespace kiln::resources::workload_test
