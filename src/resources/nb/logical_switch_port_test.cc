#include "resources/resource_for_test.h"

namespace kiln::resources::logical_switch_port_test {
namespace {

const ResourceId kId{"logical-switch-port", "ls1/vm1"};
constexpr const char* kMark = "edge:logical-switch-port/ls1/vm1";
const ovsdb::Value kAddresses =
    ovsdb::Value::strings(std::vector<std::string>{"02:ac:10:ff:00:0b 172.16.255.11", "unknown"});

ovsdb::Row switch_row(const ovsdb::Value& ports = {}) {
  return {{"name", "ls1"}, {"external_ids", ids({{kOwnerKey, "edge:logical-switch/ls1"}})}, {"ports", ports}};
}
ovsdb::Row port_row() {
  return {{"name", "ls1-vm1"},
          {"addresses", kAddresses},
          {"port_security", kAddresses},
          {"enabled", true},
          {"external_ids", ids({{kOwnerKey, kMark}, {"neutron:id", "7"}})}};
}

Bench with_ports(ovsdb::Table ports, ovsdb::Table switches = {{row(1), switch_row()}}) {
  Bench bench;
  SwitchSpec& on = bench.desired.switches["ls1"];
  on.name = "ls1";
  PortSpec& port = on.ports["vm1"];
  port.switch_name = "ls1";
  port.name = "vm1";
  port.nb_name = "ls1-vm1";
  port.addresses = {"02:ac:10:ff:00:0b 172.16.255.11", "unknown"};
  port.port_security = true;
  bench.names[row_uuid(kMark)] = "new";
  bench.names[row_uuid("edge:logical-switch/ls1")] = "new-switch";
  bench.see_rows(kCluster, Database::northbound, "Logical_Switch", std::move(switches));
  bench.see_rows(kCluster, Database::northbound, "Logical_Switch_Port", std::move(ports));
  return bench;
}
Bench with_column(const std::string& column, const ovsdb::Value& value) {
  ovsdb::Row port = port_row();
  port[column] = value;
  return with_ports({{row(2), port}});
}
std::string update_of(const std::string& columns) {
  return "logical-switch-port/ls1/vm1:row (risk data-plane, pool rows)\n"
         "  in OVN_Northbound\n"
         "    update Logical_Switch_Port #2: " +
         columns + '\n';
}

TEST(LogicalSwitchPort, one_that_is_nobodys_gets_the_mark_and_what_differs_where_the_file_says_adopt) {
  ovsdb::Row port = port_row();
  port["external_ids"] = ids({{"neutron:id", "7"}});
  const ovsdb::Row owner{{"name", "ls1"}, {"ports", ovsdb::Value(row(2))}};
  Bench bench = with_ports({{row(2), port}}, {{row(1), owner}});
  bench.desired.cluster.adopt = true;
  EXPECT_EQ(bench.verdict(kId), std::string(kOwnerKey) + ": not there -> " + kMark + '\n');
  EXPECT_EQ(bench.steps(kId),
            "logical-switch-port/ls1/vm1:row (risk data-plane, pool rows)\n"
            "  in OVN_Northbound\n"
            "    mutate Logical_Switch_Port #2: external_ids insert "
            "{kiln-owner=edge:logical-switch-port/ls1/vm1}\n");
}

TEST(LogicalSwitchPort, on_another_switch_is_not_adopted) {
  ovsdb::Row port = port_row();
  port["external_ids"] = ids({{"neutron:id", "7"}});
  Bench bench = with_ports({{row(2), port}}, {{row(1), {{"name", "ls1"}}},
                                              {row(3), {{"name", "ls3"}, {"ports", ovsdb::Value(row(2))}}}});
  bench.desired.cluster.adopt = true;
  EXPECT_EQ(bench.verdict(kId), "foreign: a logical switch port ls1-vm1 is there and is not kiln's");
}

TEST(LogicalSwitchPort, is_inserted_and_given_to_its_switch_in_one_transaction) {
  Bench bench = with_ports({});
  EXPECT_EQ(bench.verdict(kId), "absent");
  EXPECT_EQ(bench.steps(kId),
            "logical-switch-port/ls1/vm1:row (pool rows)\n"
            "  in OVN_Northbound\n"
            "    insert Logical_Switch_Port as #new: addresses={02:ac:10:ff:00:0b 172.16.255.11, unknown}"
            " enabled=true external_ids={kiln-owner=edge:logical-switch-port/ls1/vm1} name=ls1-vm1"
            " port_security={02:ac:10:ff:00:0b 172.16.255.11, unknown}\n"
            "    mutate Logical_Switch #1: ports insert #new\n");
}

TEST(LogicalSwitchPort, is_given_to_the_switch_that_the_same_plan_makes) {
  Bench bench = with_ports({}, {});
  EXPECT_NE(bench.steps(kId).find("    mutate Logical_Switch #new-switch: ports insert #new\n"),
            std::string::npos)
      << bench.steps(kId);
  EXPECT_EQ(bench.needs(kId), "logical-switch/ls1\n");
}

TEST(LogicalSwitchPort, as_wanted_is_no_change) {
  EXPECT_EQ(with_ports({{row(2), port_row()}}).verdict(kId), "as wanted");
}

TEST(LogicalSwitchPort, an_unset_enabled_is_enabled) {
  EXPECT_EQ(with_column("enabled", ovsdb::Value()).verdict(kId), "as wanted");
}

TEST(LogicalSwitchPort, addresses_in_another_order_are_the_same) {
  Bench bench = with_ports({{row(2), port_row()}});
  bench.desired.switches["ls1"].ports["vm1"].addresses = {"unknown", "02:ac:10:ff:00:0b 172.16.255.11"};
  EXPECT_EQ(bench.verdict(kId), "as wanted");
}

TEST(LogicalSwitchPort, a_drifted_name_is_the_only_column_that_is_written) {
  Bench bench = with_column("name", "renamed");
  EXPECT_EQ(bench.verdict(kId), "name: renamed -> ls1-vm1\n");
  EXPECT_EQ(bench.steps(kId), update_of("name=ls1-vm1"));
}

TEST(LogicalSwitchPort, what_would_make_another_port_of_it_is_put_back) {
  Bench bench = with_column("type", "localnet");
  EXPECT_EQ(bench.verdict(kId), "type: localnet -> not wanted\n");
  EXPECT_EQ(bench.steps(kId), update_of("type="));
  bench = with_column("parent_name", "ls1-vm2");
  EXPECT_EQ(bench.verdict(kId), "parent_name: ls1-vm2 -> not wanted\n");
  EXPECT_EQ(bench.steps(kId), update_of("parent_name={}"));
  bench = with_column("tag_request", std::int64_t{5});
  EXPECT_EQ(bench.verdict(kId), "tag_request: 5 -> not wanted\n");
  bench = with_column("ha_chassis_group", row(9));
  EXPECT_EQ(bench.steps(kId), update_of("ha_chassis_group={}"));
  EXPECT_EQ(with_column("type", "").verdict(kId), "as wanted");
}

TEST(LogicalSwitchPort, of_another_type_is_not_adopted) {
  ovsdb::Row port = port_row();
  port["external_ids"] = ids({});
  port["type"] = "localnet";
  Bench bench = with_ports({{row(2), port}}, {{row(1), {{"name", "ls1"}, {"ports", ovsdb::Value(row(2))}}}});
  bench.desired.cluster.adopt = true;
  EXPECT_EQ(bench.verdict(kId),
            "foreign: the logical switch port ls1-vm1 has type localnet, which the file cannot say: it is "
            "not adopted");
}

TEST(LogicalSwitchPort, drifted_addresses_are_the_only_column_that_is_written) {
  Bench bench = with_column("addresses", "unknown");
  EXPECT_EQ(bench.verdict(kId), "addresses: {unknown} -> {02:ac:10:ff:00:0b 172.16.255.11, unknown}\n");
  EXPECT_EQ(bench.steps(kId), update_of("addresses={02:ac:10:ff:00:0b 172.16.255.11, unknown}"));
}

TEST(LogicalSwitchPort, drifted_port_security_is_the_only_column_that_is_written) {
  Bench bench = with_column("port_security", ovsdb::Value());
  EXPECT_EQ(bench.verdict(kId), "port_security: {} -> {02:ac:10:ff:00:0b 172.16.255.11, unknown}\n");
  EXPECT_EQ(bench.steps(kId), update_of("port_security={02:ac:10:ff:00:0b 172.16.255.11, unknown}"));
}

TEST(LogicalSwitchPort, port_security_that_is_not_wanted_is_emptied) {
  Bench bench = with_ports({{row(2), port_row()}});
  bench.desired.switches["ls1"].ports["vm1"].port_security = false;
  EXPECT_EQ(bench.verdict(kId), "port_security: {02:ac:10:ff:00:0b 172.16.255.11, unknown} -> {}\n");
  EXPECT_EQ(bench.steps(kId), update_of("port_security={}"));
}

TEST(LogicalSwitchPort, a_drifted_enabled_is_the_only_column_that_is_written) {
  Bench bench = with_column("enabled", false);
  EXPECT_EQ(bench.verdict(kId), "enabled: false -> true\n");
  EXPECT_EQ(bench.steps(kId), update_of("enabled=true"));
}

TEST(LogicalSwitchPort, protection_is_a_key_of_its_row) {
  Bench bench = with_ports({{row(2), port_row()}});
  bench.desired.switches["ls1"].ports["vm1"].protect = true;
  EXPECT_EQ(bench.verdict(kId), "protect: false -> true\n");
  EXPECT_EQ(bench.steps(kId),
            "logical-switch-port/ls1/vm1:row (risk data-plane, pool rows)\n"
            "  in OVN_Northbound\n"
            "    mutate Logical_Switch_Port #2: external_ids delete kiln-protect external_ids insert "
            "{kiln-protect=true}\n");
}

TEST(LogicalSwitchPort, what_is_protected_stays_though_its_block_is_gone) {
  ovsdb::Row port = port_row();
  port["external_ids"] = ids({{kOwnerKey, "edge:logical-switch-port/ls1/vm9"}, {kProtectKey, "true"}});
  Bench bench = with_ports({{row(3), port}});
  EXPECT_EQ(bench.verdict({"logical-switch-port", "ls1/vm9"}),
            "foreign: it is protected, and the file no longer has it: put its block back with `protect = "
            "false`, apply, then delete the block");
}

TEST(LogicalSwitchPort, a_name_that_somebody_else_has_is_foreign) {
  const std::string why = "foreign: a logical switch port ls1-vm1 is there and is not kiln's";
  EXPECT_EQ(with_column("external_ids", ids({})).verdict(kId), why);
  EXPECT_EQ(with_column("external_ids", ids({{kOwnerKey, "other:logical-switch-port/ls1/vm1"}})).verdict(kId),
            why);
}

TEST(LogicalSwitchPort, a_copied_mark_is_foreign) {
  Bench bench = with_ports({{row(2), port_row()}, {row(3), port_row()}});
  EXPECT_EQ(
      bench.verdict(kId),
      "foreign: more than one row of Logical_Switch_Port holds the mark edge:logical-switch-port/ls1/vm1");
}

TEST(LogicalSwitchPort, is_unknown_while_the_table_is) {
  Bench bench = with_ports({{row(2), port_row()}});
  bench.expect_unknown_for_each_probe(kId, {bench.rows_look(Database::northbound, "Logical_Switch")});
}

// The row of the switch to mutate would be guessed.
TEST(LogicalSwitchPort, is_unknown_while_the_switch_that_it_is_to_be_given_to_is) {
  Bench bench = with_ports({});
  bench.hide(kCluster, bench.rows_look(Database::northbound, "Logical_Switch"));
  EXPECT_EQ(bench.verdict(kId), "unknown: table Logical_Switch of OVN_Northbound: does not answer");
}

TEST(LogicalSwitchPort, what_the_file_no_longer_has_is_taken_from_its_switch) {
  const ResourceId lost{"logical-switch-port", "ls1/vm9"};
  ovsdb::Row port = port_row();
  port["external_ids"] = ids({{kOwnerKey, "edge:logical-switch-port/ls1/vm9"}});
  Bench bench = with_ports({{row(3), port}, {row(4), {{"name", "other"}}}},
                           {{row(1), switch_row(ovsdb::Value::set({row(3), row(4)}))},
                            {row(5), switch_row(ovsdb::Value(row(4)))}});
  EXPECT_EQ(bench.verdict(lost), "not wanted");
  EXPECT_EQ(bench.steps(lost),
            "logical-switch-port/ls1/vm9:remove (risk data-plane, pool rows)\n"
            "  in OVN_Northbound\n"
            "    mutate Logical_Switch #1: ports delete #3\n");
  bench.hide(kCluster, bench.rows_look(Database::northbound, "Logical_Switch"));
  EXPECT_EQ(bench.steps(lost), "refused: no logical switch refers to it");
}

TEST(LogicalSwitchPort, only_marks_of_this_cluster_and_kind_are_removed) {
  ovsdb::Table ports;
  int number = 2;
  for (const char* mark : {"other:logical-switch-port/ls1/a", "edge:logical-switch-port/ls2/b",
                           "edge:logical-switch/ls1/c", "", "edge:logical-switch-port/ls1/d"})
    ports[row(number++)] = {{"name", mark}, {"external_ids", ids({{kOwnerKey, mark}})}};
  ports[row(9)] = {{"name", "no mark"}};
  EXPECT_EQ(with_ports(ports).all_of("logical-switch-port"), "{ls1/d, ls1/vm1, ls2/b}");
}

TEST(LogicalSwitchPort, an_attribute_points_at_its_line) {
  Bench bench = with_ports({});
  bench.desired.switches["ls1"].ports["vm1"].places.keys = {{"port-security", {"kiln.toml", 5, 1, 0, 0}},
                                                            {"addresses", {"kiln.toml", 6, 1, 0, 0}}};
  EXPECT_EQ(bench.made(kId).span_of("port_security").line, 5);
  EXPECT_EQ(bench.made(kId).span_of("addresses").line, 6);
}

}  // namespace
}  // namespace kiln::resources::logical_switch_port_test
