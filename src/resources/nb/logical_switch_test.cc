#include "resources/resource_for_test.h"

namespace kiln::resources::logical_switch_test {
namespace {

const ResourceId kId{"logical-switch", "ls1"};
constexpr const char* kMark = "edge:logical-switch/ls1";

ovsdb::Row named(const std::string& name, const std::string& mark) {
  return {{"name", name}, {"external_ids", ids({{kOwnerKey, mark}, {"neutron:id", "7"}})}};
}

Bench with_switches(ovsdb::Table switches, ovsdb::Table ports = {}) {
  Bench bench;
  bench.desired.switches["ls1"].name = "ls1";
  bench.names[row_uuid(kMark)] = "new";
  bench.see_rows(kCluster, Database::northbound, "Logical_Switch", std::move(switches));
  bench.see_rows(kCluster, Database::northbound, "Logical_Switch_Port", std::move(ports));
  return bench;
}

/// A switch of ours that the file does not have, with port #2.
Bench with_lost_switch(const std::string& owner_of_port) {
  ovsdb::Row lost = named("ls9", "edge:logical-switch/ls9");
  lost["ports"] = ovsdb::Value(row(2));
  ovsdb::Row port{{"name", "p"}};
  if (!owner_of_port.empty()) port["external_ids"] = ids({{kOwnerKey, owner_of_port}});
  return with_switches({{row(1), lost}}, {{row(2), port}});
}
const ResourceId kLost{"logical-switch", "ls9"};

TEST(LogicalSwitch, is_inserted_under_the_uuid_of_its_mark) {
  Bench bench = with_switches({});
  EXPECT_EQ(bench.verdict(kId), "absent");
  EXPECT_EQ(
      bench.steps(kId),
      "logical-switch/ls1:row (pool rows)\n"
      "  in OVN_Northbound\n"
      "    insert Logical_Switch as #new: external_ids={kiln-owner=edge:logical-switch/ls1} name=ls1\n");
}

TEST(LogicalSwitch, is_created_where_the_database_itself_is_yet_to_come) {
  Bench bench;
  bench.desired.switches["ls1"].name = "ls1";
  bench.lack_all(kId);
  EXPECT_EQ(bench.verdict(kId), "absent");
}

TEST(LogicalSwitch, one_that_is_nobodys_gets_the_mark_and_nothing_else_where_the_file_says_adopt) {
  const ovsdb::Table theirs{{row(1), {{"name", "ls1"}, {"external_ids", ids({{"neutron:id", "7"}})}}}};
  Bench bench = with_switches(theirs);
  bench.desired.cluster.adopt = true;
  EXPECT_EQ(bench.verdict(kId), std::string(kOwnerKey) + ": not there -> " + kMark + '\n');
  EXPECT_EQ(bench.steps(kId),
            "logical-switch/ls1:row (pool rows)\n"
            "  in OVN_Northbound\n"
            "    mutate Logical_Switch #1: external_ids insert {kiln-owner=edge:logical-switch/ls1}\n");
}

TEST(LogicalSwitch, of_two_with_one_name_none_is_adopted) {
  Bench bench = with_switches({{row(1), {{"name", "ls1"}}}, {row(2), {{"name", "ls1"}}}});
  bench.desired.cluster.adopt = true;
  EXPECT_EQ(bench.verdict(kId), "foreign: a logical switch ls1 is there and is not kiln's");
}

TEST(LogicalSwitch, of_another_deployment_is_not_adopted) {
  Bench bench = with_switches({{row(1), named("ls1", "other:logical-switch/ls1")}});
  bench.desired.cluster.adopt = true;
  EXPECT_EQ(bench.verdict(kId), "foreign: a logical switch ls1 is there and is not kiln's");
}

TEST(LogicalSwitch, as_wanted_is_no_change) {
  Bench bench = with_switches({{row(1), named("ls1", kMark)}, {row(2), {{"name", "join"}}}});
  EXPECT_EQ(bench.verdict(kId), "as wanted");
}

TEST(LogicalSwitch, a_drifted_name_is_the_only_column_that_is_written) {
  Bench bench = with_switches({{row(1), named("renamed", kMark)}});
  EXPECT_EQ(bench.verdict(kId), "name: renamed -> ls1\n");
  EXPECT_EQ(bench.steps(kId),
            "logical-switch/ls1:row (pool rows)\n"
            "  in OVN_Northbound\n"
            "    update Logical_Switch #1: name=ls1\n");
  bench = with_switches({{row(1), named("", kMark)}});
  EXPECT_EQ(bench.verdict(kId), "name:  -> ls1\n");
}

TEST(LogicalSwitch, a_name_that_somebody_else_has_is_foreign) {
  const std::string why = "foreign: a logical switch ls1 is there and is not kiln's";
  EXPECT_EQ(with_switches({{row(1), {{"name", "ls1"}}}}).verdict(kId), why);
  EXPECT_EQ(with_switches({{row(1), named("ls1", "other:logical-switch/ls1")}}).verdict(kId), why);
  EXPECT_EQ(with_switches({{row(1), named("ls1", "edge:logical-switch/ls10")}}).verdict(kId), why);
}

TEST(LogicalSwitch, a_copied_mark_is_foreign) {
  Bench bench = with_switches({{row(1), named("ls1", kMark)}, {row(2), named("copy", kMark)}});
  EXPECT_EQ(bench.verdict(kId),
            "foreign: more than one row of Logical_Switch holds the mark edge:logical-switch/ls1");
}

TEST(LogicalSwitch, is_unknown_while_the_table_is) {
  Bench bench = with_switches({{row(1), named("ls1", kMark)}});
  bench.expect_unknown_for_each_probe(kId);
}

TEST(LogicalSwitch, protection_is_a_key_of_its_row) {
  Bench bench = with_switches({});
  bench.desired.switches["ls1"].protect = true;
  EXPECT_EQ(bench.steps(kId),
            "logical-switch/ls1:row (pool rows)\n"
            "  in OVN_Northbound\n"
            "    insert Logical_Switch as #new: "
            "external_ids={kiln-owner=edge:logical-switch/ls1, kiln-protect=true} name=ls1\n");
  bench.see_rows(kCluster, Database::northbound, "Logical_Switch", {{row(1), named("ls1", kMark)}});
  EXPECT_EQ(bench.verdict(kId), "protect: false -> true\n");
  EXPECT_EQ(bench.steps(kId),
            "logical-switch/ls1:row (pool rows)\n"
            "  in OVN_Northbound\n"
            "    mutate Logical_Switch #1: external_ids delete kiln-protect external_ids insert "
            "{kiln-protect=true}\n");
}

TEST(LogicalSwitch, protection_is_lifted_where_the_file_does_not_ask_for_it) {
  ovsdb::Row protected_row = named("ls1", kMark);
  protected_row["external_ids"] = ids({{kOwnerKey, kMark}, {kProtectKey, "true"}});
  Bench bench = with_switches({{row(1), protected_row}});
  EXPECT_EQ(bench.verdict(kId), "protect: true -> false\n");
  EXPECT_EQ(bench.steps(kId),
            "logical-switch/ls1:row (pool rows)\n"
            "  in OVN_Northbound\n"
            "    mutate Logical_Switch #1: external_ids delete kiln-protect\n");
}

TEST(LogicalSwitch, what_is_protected_stays_though_its_block_is_gone) {
  ovsdb::Row lost = named("ls9", "edge:logical-switch/ls9");
  lost["external_ids"] = ids({{kOwnerKey, "edge:logical-switch/ls9"}, {kProtectKey, "true"}});
  EXPECT_EQ(with_switches({{row(1), lost}}).verdict(kLost).substr(0, 24), "foreign: it is protected");
}

TEST(LogicalSwitch, what_the_file_no_longer_has_is_deleted_after_its_ports) {
  Bench bench = with_lost_switch("edge:logical-switch-port/ls9/p");
  EXPECT_EQ(bench.verdict(kLost), "not wanted");
  EXPECT_EQ(bench.steps(kLost),
            "logical-switch/ls9:remove (risk data-plane, pool rows)\n"
            "  in OVN_Northbound\n"
            "    wait Logical_Switch #1 == [ports={}]\n"
            "    delete Logical_Switch #1\n");
  EXPECT_EQ(bench.needs(kLost), "listener/nb\nlogical-switch-port/ls9/p\n");
  EXPECT_EQ(bench.steps({"logical-switch-port", "ls9/p"}),
            "logical-switch-port/ls9/p:remove (risk data-plane, pool rows)\n"
            "  in OVN_Northbound\n"
            "    mutate Logical_Switch #1: ports delete #2\n");
}

TEST(LogicalSwitch, is_not_removed_with_ports_of_others) {
  EXPECT_EQ(with_lost_switch("").steps(kLost),
            "refused: it has 1 logical switch ports that are not kiln's; they would be lost with it");
}

TEST(LogicalSwitch, is_not_removed_with_ports_of_another_cluster_of_kiln) {
  EXPECT_EQ(with_lost_switch("other:logical-switch-port/ls9/p").steps(kLost).substr(0, 9), "refused: ");
}

TEST(LogicalSwitch, is_not_removed_while_its_ports_are_unknown) {
  Bench bench = with_lost_switch("edge:logical-switch-port/ls9/p");
  bench.hide(kCluster, bench.rows_look(Database::northbound, "Logical_Switch_Port"));
  EXPECT_EQ(bench.steps(kLost).substr(0, 9), "refused: ");
}

TEST(LogicalSwitch, only_marks_of_this_cluster_and_kind_are_removed) {
  Bench bench = with_switches({{row(1), named("a", "other:logical-switch/a")},
                               {row(2), named("b", "edge:logical-switch-port/b")},
                               {row(3), named("c", "edge2:logical-switch/c")},
                               {row(4), {{"name", "d"}}},
                               {row(5), named("e", "")},
                               {row(6), named("f", "edge:logical-router/f")},
                               {row(7), named("renamed", "edge:logical-switch/g")}});
  EXPECT_EQ(bench.all_of("logical-switch"), "{g, ls1}");
}

TEST(LogicalSwitch, nothing_is_lost_while_the_table_is_unknown_or_not_there) {
  Bench bench = with_lost_switch("");
  bench.hide(kCluster, bench.rows_look(Database::northbound, "Logical_Switch"));
  EXPECT_EQ(bench.all_of("logical-switch"), "{ls1}");
  bench.lack(kCluster, bench.rows_look(Database::northbound, "Logical_Switch"));
  EXPECT_EQ(bench.all_of("logical-switch"), "{ls1}");
}

}  // namespace
}  // namespace kiln::resources::logical_switch_test
