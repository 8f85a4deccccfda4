#include "resources/resource_for_test.h"

// Kind `bridge/<node>/<name>` as the file asks for it: with a port of the host and an address.

namespace kiln::resources::bridge_test {
namespace {

const ResourceId kId{"bridge", "n1/br-phys"};
const std::string kMark = "edge:bridge/n1/br-phys";
const UnitLook kUnit{"kiln-bridge-br-phys.service"};
const FileLook kUnitFile{"/etc/systemd/system/kiln-bridge-br-phys.service"};

constexpr const char* kInsertPort =
    "    insert Interface as #new-interface: external_ids={kiln-owner=edge:bridge/n1/br-phys} name=eth2\n"
    "    insert Port as #new-port: external_ids={kiln-owner=edge:bridge/n1/br-phys} interfaces=#new-interface"
    " name=eth2\n";

HostSeen host_with(const std::vector<std::string>& addresses) {
  HostSeen host;
  host.links.push_back({"br-phys", "02:00:00:00:00:01", true, 1500, addresses});
  return host;
}

Bench nothing() {
  Bench bench;
  BridgeSpec& spec = bench.desired.nodes["n1"].bridges["br-phys"];
  spec.name = "br-phys";
  spec.datapath = "netdev";
  spec.port = "eth2";
  spec.address = "10.0.1.11/24";
  spec.places.keys = {{"datapath", {"kiln.toml", 7, 1, 0, 0}}, {"port", {"kiln.toml", 8, 1, 0, 0}}};
  for (const char* name : {"br-phys", "eth2"}) {
    const std::string suffix = name == std::string("eth2") ? "" : "-internal";
    bench.names[row_uuid(kMark + "#port/" + name)] = "new-port" + suffix;
    bench.names[row_uuid(kMark + "#interface/" + name)] = "new-interface" + suffix;
  }
  bench.names[row_uuid(kMark)] = "new";
  bench.lack_all(kId);
  bench.see("n1", HostLook{}, HostSeen{});
  return bench;
}
ovsdb::Row br_phys() {
  return {{"name", "br-phys"},
          {"datapath_type", "netdev"},
          {"external_ids", ids({{kOwnerKey, kMark}, {"bridge-id", "br-phys"}})},
          {"ports", ovsdb::Value::set({row(2), row(3)})}};
}
Bench as_wanted() {
  Bench bench = nothing();
  bench.put_files(kId);
  bench.see_rows("n1", Database::open_vswitch, "Bridge", {{row(1), br_phys()}});
  bench.see_rows(
      "n1", Database::open_vswitch, "Port",
      {{row(2), {{"name", "br-phys"}}}, {row(3), {{"name", "eth2"}}}, {row(4), {{"name", "eth9"}}}});
  bench.see("n1", HostLook{}, host_with({"10.0.1.11/24"}));
  bench.see("n1", kUnit, running());
  return bench;
}
/// Rows of Port that are kiln's, with what somebody has set on one of them.
Bench with_port(const std::string& column, const ovsdb::Value& value) {
  Bench bench = as_wanted();
  const ovsdb::Value mark = ids({{kOwnerKey, kMark}});
  bench.see_rows("n1", Database::open_vswitch, "Port",
                 {{row(2), {{"name", "br-phys"}, {"external_ids", mark}}},
                  {row(3), {{"name", "eth2"}, {"external_ids", mark}, {column, value}}}});
  return bench;
}
Bench with_bridge(const std::string& column, const ovsdb::Value& value) {
  Bench bench = as_wanted();
  ovsdb::Row bridge = br_phys();
  bridge[column] = value;
  bench.see_rows("n1", Database::open_vswitch, "Bridge", {{row(1), bridge}});
  return bench;
}

TEST(Bridge, is_inserted_with_the_hosts_port_and_gets_its_address) {
  Bench bench = nothing();
  EXPECT_EQ(bench.verdict(kId), "absent");
  EXPECT_EQ(
      bench.steps(kId),
      "bridge/n1/br-phys:rows\n"
      "  in Open_vSwitch\n"
      "    insert Interface as #new-interface-internal: external_ids={kiln-owner=edge:bridge/n1/br-phys}"
      " name=br-phys type=internal\n"
      "    insert Port as #new-port-internal: external_ids={kiln-owner=edge:bridge/n1/br-phys}"
      " interfaces=#new-interface-internal name=br-phys\n" +
          std::string(kInsertPort) +
          "    insert Bridge as #new: datapath_type=netdev external_ids={kiln-owner=edge:bridge/n1/br-phys}"
          " name=br-phys ports={#new-port, #new-port-internal}\n"
          "    mutate Open_vSwitch: bridges insert #new\n"
          "  until link br-phys present on n1\n"
          "bridge/n1/br-phys:address\n"
          "  write /etc/systemd/system/kiln-bridge-br-phys.service\n"
          "  systemctl daemon-reload\n"
          "  enable kiln-bridge-br-phys.service\n"
          "  start kiln-bridge-br-phys.service\n"
          "  until kiln-bridge-br-phys.service active on n1\n");
}

TEST(Bridge, its_unit_lives_and_dies_with_the_switch_daemon) {
  Bench bench = nothing();
  EXPECT_EQ(bench.written(kId, kUnitFile.path),
            "# made by kiln for edge:bridge/n1/br-phys; changes here are undone by the next apply\n"
            "[Unit]\nDescription=kiln: address of bridge br-phys\n"
            "After=ovs-vswitchd.service\nBindsTo=ovs-vswitchd.service\n\n"
            "[Service]\nType=oneshot\nRemainAfterExit=yes\n"
            "ExecStart=/usr/sbin/ip link set dev eth2 up\n"
            "ExecStart=/usr/sbin/ip link set dev br-phys up\n"
            "ExecStart=/usr/sbin/ip address replace 10.0.1.11/24 dev br-phys\n\n"
            "[Install]\nWantedBy=ovs-vswitchd.service\n");
}

TEST(Bridge, as_wanted_is_no_change_with_more_addresses_too) {
  Bench bench = as_wanted();
  EXPECT_EQ(bench.verdict(kId), "as wanted");
  bench.see("n1", HostLook{}, host_with({"198.51.100.1/24", "10.0.1.11/24"}));
  EXPECT_EQ(bench.verdict(kId), "as wanted");
}

TEST(Bridge, a_drifted_datapath_changes_one_column) {
  Bench bench = with_bridge("datapath_type", "");
  EXPECT_EQ(bench.verdict(kId), "datapath_type: system -> netdev\n");
  EXPECT_TRUE(
      bench.steps(kId).starts_with("bridge/n1/br-phys:rows (risk data-plane)\n"
                                   "  in Open_vSwitch\n"
                                   "    update Bridge #1: datapath_type=netdev\n"
                                   "  until link br-phys present on n1\n"))
      << bench.steps(kId);
}

Bench with_marked_ports(const std::vector<std::string>& names) {
  Bench bench = as_wanted();
  ovsdb::Row bridge = br_phys();
  std::vector<ovsdb::Atom> uuids{row(2)};
  ovsdb::Table ports{{row(2), {{"name", "br-phys"}, {"external_ids", ids({{kOwnerKey, kMark}})}}},
                     {row(9), {{"name", "tap0"}, {"external_ids", ids({{"of", "somebody"}})}}}};
  uuids.emplace_back(row(9));
  int number = 3;
  for (const std::string& name : names) {
    ports[row(number)] = {{"name", name}, {"external_ids", ids({{kOwnerKey, kMark}})}};
    uuids.emplace_back(row(number++));
  }
  bridge["ports"] = ovsdb::Value::set(uuids);
  bench.see_rows("n1", Database::open_vswitch, "Bridge", {{row(1), bridge}});
  bench.see_rows("n1", Database::open_vswitch, "Port", ports);
  return bench;
}

TEST(Bridge, a_port_that_the_file_no_longer_has_goes_and_that_of_others_stays) {
  Bench bench = with_marked_ports({"eth1", "eth2"});
  EXPECT_EQ(bench.verdict(kId), "port: eth1, eth2 -> eth2\n");
  EXPECT_TRUE(
      bench.steps(kId).starts_with("bridge/n1/br-phys:rows (risk data-plane)\n"
                                   "  in Open_vSwitch\n"
                                   "    mutate Bridge #1: ports delete #3\n"
                                   "  until link br-phys present on n1\n"))
      << bench.steps(kId);
  bench = with_marked_ports({"eth1"});
  EXPECT_EQ(bench.verdict(kId), "port: eth1 -> eth2\n");
  EXPECT_TRUE(
      bench.steps(kId).starts_with("bridge/n1/br-phys:rows (risk data-plane)\n"
                                   "  in Open_vSwitch\n" +
                                   std::string(kInsertPort) +
                                   "    mutate Bridge #1: ports insert #new-port\n"
                                   "    mutate Bridge #1: ports delete #3\n"))
      << bench.steps(kId);
  bench.desired.nodes["n1"].bridges["br-phys"].port.clear();
  bench.put_files(kId);
  EXPECT_EQ(bench.verdict(kId), "port: eth1 -> not wanted\n");
  EXPECT_TRUE(
      bench.steps(kId).starts_with("bridge/n1/br-phys:rows (risk data-plane)\n"
                                   "  in Open_vSwitch\n"
                                   "    mutate Bridge #1: ports delete #3\n"))
      << bench.steps(kId);
}

// ovs-vswitchd makes the bridge's link anew for another datapath, and its address goes with the old one.
TEST(Bridge, a_changed_datapath_gets_its_address_again) {
  Bench bench = with_bridge("datapath_type", "");
  EXPECT_NE(bench.steps(kId).find("  restart kiln-bridge-br-phys.service\n"), std::string::npos)
      << bench.steps(kId);
}

// kiln was killed after it wrote the rows: the address waits for the link that ovs-vswitchd is about to make.
TEST(Bridge, with_rows_but_no_link_waits_for_it_before_the_address) {
  Bench bench = as_wanted();
  bench.see("n1", HostLook{}, HostSeen{});
  EXPECT_TRUE(
      bench.steps(kId).starts_with("bridge/n1/br-phys:rows (risk data-plane)\n"
                                   "  until link br-phys present on n1\n"
                                   "bridge/n1/br-phys:address (risk data-plane)\n"
                                   "  restart kiln-bridge-br-phys.service\n"))
      << bench.steps(kId);
}

TEST(Bridge, a_lost_port_comes_back_beside_those_of_others) {
  Bench bench = with_bridge("ports", ovsdb::Value::set({row(2), row(4)}));
  bench.see_rows("n1", Database::open_vswitch, "Port",
                 {{row(2), {{"name", "br-phys"}}}, {row(4), {{"name", "eth9"}}}});
  EXPECT_EQ(bench.verdict(kId), "port: not there -> eth2\n");
  EXPECT_EQ(bench.steps(kId),
            "bridge/n1/br-phys:rows (risk data-plane)\n"
            "  in Open_vSwitch\n" +
                std::string(kInsertPort) +
                "    mutate Bridge #1: ports insert #new-port\n"
                "  until link br-phys present on n1\n"
                "bridge/n1/br-phys:address (risk data-plane)\n"
                "  restart kiln-bridge-br-phys.service\n"
                "  until kiln-bridge-br-phys.service active on n1\n");
}

TEST(Bridge, a_port_that_is_on_another_bridge_is_not_there) {
  EXPECT_EQ(with_bridge("ports", ovsdb::Value(row(2))).verdict(kId), "port: not there -> eth2\n");
}

TEST(Bridge, only_the_units_part_that_differs_is_done) {
  const std::string step = "bridge/n1/br-phys:address (risk data-plane)\n";
  const std::string gate = "  until kiln-bridge-br-phys.service active on n1\n";
  const std::string restart = "  restart kiln-bridge-br-phys.service\n";

  Bench bench = as_wanted();
  bench.see("n1", HostLook{}, host_with({"10.9.9.9/24"}));
  EXPECT_EQ(bench.verdict(kId), "address: 10.9.9.9/24 -> 10.0.1.11/24\n");
  EXPECT_EQ(bench.steps(kId), step + restart + gate);

  bench = as_wanted();
  bench.see("n1", kUnit, in_state(running(), "inactive"));
  EXPECT_EQ(bench.verdict(kId), "kiln-bridge-br-phys.service: inactive -> active\n");
  EXPECT_EQ(bench.steps(kId), step + restart + gate);

  bench = as_wanted();
  bench.see("n1", kUnit, at_boot(running(), "disabled"));
  EXPECT_EQ(bench.verdict(kId), "kiln-bridge-br-phys.service at boot: disabled -> enabled\n");
  EXPECT_EQ(bench.steps(kId), step + "  enable kiln-bridge-br-phys.service\n" + gate);

  bench = as_wanted();
  bench.see("n1", kUnitFile, file("[Service]\nExecStart=/bin/true\n"));
  EXPECT_EQ(bench.verdict(kId), kUnitFile.path + ": differs -> current\n");
  EXPECT_EQ(bench.steps(kId),
            step + "  write " + kUnitFile.path + "\n  systemctl daemon-reload\n" + restart + gate);
}

TEST(Bridge, an_address_of_another_prefix_length_or_none_differs) {
  Bench bench = as_wanted();
  bench.see("n1", HostLook{}, host_with({"10.0.1.11/32"}));
  EXPECT_EQ(bench.verdict(kId), "address: 10.0.1.11/32 -> 10.0.1.11/24\n");
  bench.see("n1", HostLook{}, host_with({}));
  EXPECT_EQ(bench.verdict(kId), "address: not there -> 10.0.1.11/24\n");
}

TEST(Bridge, somebody_elses_is_foreign) {
  const std::string why = "foreign: bridge br-phys on n1 is there and is not kiln's";
  EXPECT_EQ(with_bridge("external_ids", ids({{"made-by", "alice"}})).verdict(kId),
            why + ": `adopt = true` in [cluster] makes it kiln's");
  EXPECT_EQ(with_bridge("external_ids", ids({{kOwnerKey, "other:bridge/n1/br-phys"}})).verdict(kId), why);
  EXPECT_EQ(with_bridge("external_ids", ids({{kOwnerKey, ""}})).verdict(kId), why);
}

TEST(Bridge, one_that_is_nobodys_gets_the_mark_where_the_file_says_adopt) {
  Bench bench = with_bridge("external_ids", ids({{"made-by", "alice"}}));
  bench.desired.cluster.adopt = true;
  EXPECT_EQ(bench.verdict(kId), std::string(kOwnerKey) + ": not there -> edge:bridge/n1/br-phys\n");
  Bench other = with_bridge("external_ids", ids({{kOwnerKey, "other:bridge/n1/br-phys"}}));
  other.desired.cluster.adopt = true;
  EXPECT_EQ(other.verdict(kId), "foreign: bridge br-phys on n1 is there and is not kiln's");
}

/// The host as the file of before made it, and another address, or none, in the file of now.
Bench with_old_unit(const std::string& address) {
  Bench bench = as_wanted();
  bench.desired.nodes["n1"].bridges["br-phys"].address = address;
  return bench;
}

TEST(Bridge, an_address_that_changes_takes_the_old_one_off_the_link_first) {
  Bench bench = with_old_unit("10.0.1.12/24");
  bench.see("n1", HostLook{}, host_with({"192.0.2.7/24", "10.0.1.11/24", "10.0.1.12/24"}));
  EXPECT_EQ(bench.verdict(kId),
            kUnitFile.path + ": differs -> current\naddress: 10.0.1.11/24 -> 10.0.1.12/24\n");
  EXPECT_EQ(bench.steps(kId),
            "bridge/n1/br-phys:address (risk data-plane)\n  take 10.0.1.11/24 off br-phys\n  write " +
                kUnitFile.path +
                "\n  systemctl daemon-reload\n  restart kiln-bridge-br-phys.service\n"
                "  until kiln-bridge-br-phys.service active on n1\n");
  // Killed behind its removal: the unit is still the old one.
  bench.see("n1", HostLook{}, host_with({"192.0.2.7/24"}));
  EXPECT_EQ(bench.verdict(kId),
            kUnitFile.path + ": differs -> current\naddress: 192.0.2.7/24 -> 10.0.1.12/24\n");
}

TEST(Bridge, an_address_that_leaves_the_file_leaves_the_link_and_takes_its_unit_with_it) {
  Bench bench = with_old_unit("");
  EXPECT_EQ(bench.verdict(kId), kUnitFile.path +
                                    ": differs -> not wanted\n"
                                    "address: 10.0.1.11/24 -> not wanted\n"
                                    "kiln-bridge-br-phys.service: active -> not wanted\n"
                                    "kiln-bridge-br-phys.service at boot: enabled -> not wanted\n");
  EXPECT_EQ(bench.steps(kId),
            "bridge/n1/br-phys:address (risk data-plane)\n  take 10.0.1.11/24 off br-phys\n"
            "  disable kiln-bridge-br-phys.service\n  stop kiln-bridge-br-phys.service\n"
            "  remove " +
                kUnitFile.path + "\n  systemctl daemon-reload\n");
}

TEST(Bridge, addresses_and_units_of_others_stay) {
  Bench bench = with_old_unit("");
  bench.see("n1", HostLook{}, host_with({"192.0.2.7/24"}));
  bench.see("n1", kUnitFile,
            file("[Service]\nExecStart=/usr/sbin/ip address replace 192.0.2.7/24 dev br-phys\n"));
  EXPECT_EQ(bench.verdict(kId), "as wanted");
}

TEST(Bridge, the_address_by_which_kiln_reaches_the_node_is_not_taken) {
  Bench bench = with_old_unit("10.0.1.12/24");
  HostSeen host = host_with({"10.0.1.11/24"});
  host.ssh_address = "10.0.1.11";
  bench.see("n1", HostLook{}, host);
  EXPECT_EQ(
      bench.steps(kId),
      "refused: 10.0.1.11/24 of br-phys is the address by which kiln reaches n1: give the node another one "
      "first");
}

TEST(Bridge, without_an_address_needs_no_unit) {
  Bench bench = nothing();
  BridgeSpec& spec = bench.desired.nodes["n1"].bridges["br-phys"];
  spec.address = spec.port = "";
  bench.see_rows("n1", Database::open_vswitch, "Bridge", {{row(1), br_phys()}});
  bench.see_rows("n1", Database::open_vswitch, "Port", {});
  EXPECT_EQ(bench.verdict(kId), "as wanted");
}

TEST(Bridge, is_unknown_while_any_fact_is) {
  Bench bench = as_wanted();
  bench.expect_unknown_for_each_probe(kId);
}

TEST(Bridge, an_attribute_points_at_its_line) {
  Bench bench = nothing();
  EXPECT_EQ(bench.made(kId).span_of("datapath_type").line, 7);
  EXPECT_EQ(bench.made(kId).span_of("port").line, 8);
}

// A VLAN of somebody's keeps packets from the port.
TEST(Bridge, what_is_set_on_its_ports_is_put_back) {
  Bench bench = with_port("tag", std::int64_t{42});
  EXPECT_EQ(bench.verdict(kId), "eth2 tag: 42 -> not wanted\n");
  EXPECT_NE(bench.steps(kId).find("update Port #3: tag={}\n"), std::string::npos) << bench.steps(kId);
  EXPECT_EQ(with_port("vlan_mode", "access").verdict(kId), "eth2 vlan_mode: access -> not wanted\n");
  bench = with_port("trunks", ovsdb::Value::set({std::int64_t{1}, std::int64_t{2}}));
  EXPECT_EQ(bench.verdict(kId), "eth2 trunks: 1, 2 -> not wanted\n");
  // On a port that was there before kiln it is its owner's.
  bench.see_rows("n1", Database::open_vswitch, "Port",
                 {{row(2), {{"name", "br-phys"}}}, {row(3), {{"name", "eth2"}, {"tag", std::int64_t{42}}}}});
  EXPECT_EQ(bench.verdict(kId), "as wanted");
}

TEST(Bridge, of_the_file_has_no_fail_mode) {
  Bench bench = with_bridge("fail_mode", "secure");
  EXPECT_EQ(bench.verdict(kId), "fail_mode: secure -> not wanted\n");
  EXPECT_NE(bench.steps(kId).find("update Bridge #1: datapath_type=netdev fail_mode={}\n"), std::string::npos)
      << bench.steps(kId);
}

}  // namespace
}  // namespace kiln::resources::bridge_test
