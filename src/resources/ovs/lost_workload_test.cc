#include "resources/resource_for_test.h"

// What is left of workloads on hosts where the file no longer has them.

namespace kiln::resources::lost_workload_test {
namespace {

/// n1 and n2; port #4 of the workload `mark` is on n2's bridge #1 beside #5.
Bench with_port(const std::string& mark) {
  Bench bench(2);
  bench.see_rows("n2", Database::open_vswitch, "Port",
                 {{row(4), {{"name", "w-vm1"}, {"external_ids", ids({{kOwnerKey, mark}})}}},
                  {row(5), {{"name", "w-vm2"}, {"external_ids", ids({{"made-by", "alice"}})}}}});
  bench.see_rows("n2", Database::open_vswitch, "Bridge",
                 {{row(1), {{"name", "br-int"}, {"ports", ovsdb::Value::set({row(4), row(5)})}}},
                  {row(2), {{"name", "br-ex"}, {"ports", ovsdb::Value(row(6))}}}});
  return bench;
}
void want_on(Bench& bench, const std::string& node) {
  PortSpec& port = bench.desired.switches["ls1"].ports["vm1"];
  port.switch_name = "ls1";
  port.name = "vm1";
  bench.desired.workloads["vm1"] = {
      .name = "vm1", .node = node, .port = "ls1/vm1", .ip = "", .mtu = 1400, .places = {}};
}
const ResourceId kLost{"workload", "vm1@n2"};

TEST(LostWorkload, unit_file_and_port_go_and_nothing_else) {
  Bench bench = with_port("edge:workload/vm1");
  EXPECT_EQ(bench.verdict(kLost), "not wanted");
  std::set<std::string> actions;
  for (const Step& step : bench.planned(kLost))
    for (const Action& action : step.actions) actions.insert(action_text(action, bench.names));
  EXPECT_TRUE(actions.contains("  stop kiln-workload-vm1.service\n"));
  EXPECT_TRUE(actions.contains("  disable kiln-workload-vm1.service\n"));
  EXPECT_TRUE(actions.contains("  remove /etc/systemd/system/kiln-workload-vm1.service\n"));
  std::size_t transactions = 0;
  for (const std::string& action : actions) transactions += action.starts_with("  in ") ? 1U : 0U;
  EXPECT_EQ(transactions, 1U);
  EXPECT_TRUE(actions.contains("  in Open_vSwitch\n    mutate Bridge #1: ports delete #4\n"));
}

TEST(LostWorkload, only_marks_of_this_cluster_and_kind_are_lost) {
  EXPECT_EQ(with_port("other:workload/vm1").all_of("workload"), "{}");
  EXPECT_EQ(with_port("edge:workloads/vm1").all_of("workload"), "{}");
  EXPECT_EQ(with_port("edge:bridge/n2/br-phys").all_of("workload"), "{}");
  EXPECT_EQ(with_port("").all_of("workload"), "{}");
  EXPECT_EQ(with_port("edge:workload/vm1").all_of("workload"), "{vm1@n2}");
}

TEST(LostWorkload, what_is_wanted_there_is_not_lost) {
  Bench bench = with_port("edge:workload/vm1");
  want_on(bench, "n2");
  EXPECT_EQ(bench.all_of("workload"), "{vm1}");
}

TEST(LostWorkload, what_moved_leaves_its_old_host_before_it_comes_to_the_new_one) {
  Bench bench = with_port("edge:workload/vm1");
  want_on(bench, "n1");
  EXPECT_EQ(bench.all_of("workload"), "{vm1, vm1@n2}");
  EXPECT_TRUE(bench.needs({"workload", "vm1"}).starts_with("workload/vm1@n2\n"));
}

TEST(LostWorkload, its_port_is_free_before_another_workload_gets_it) {
  Bench bench = with_port("edge:workload/old");
  bench.see_rows("n2", Database::open_vswitch, "Interface",
                 {{row(3),
                   {{"name", "w-old"},
                    {"external_ids", ids({{kOwnerKey, "edge:workload/old"}, {"iface-id", "ls1-vm1"}})}}}});
  want_on(bench, "n1");
  bench.desired.switches["ls1"].ports["vm1"].nb_name = "ls1-vm1";
  EXPECT_TRUE(bench.needs({"workload", "vm1"}).starts_with("workload/old@n2\n"));
  bench.desired.switches["ls1"].ports["vm1"].nb_name = "ls1-vm2";
  EXPECT_FALSE(bench.needs({"workload", "vm1"}).starts_with("workload/old@n2\n"));
}

TEST(LostWorkload, what_is_protected_stays_but_may_move) {
  Bench bench = with_port("edge:workload/vm1");
  bench.see_rows("n2", Database::open_vswitch, "Port",
                 {{row(4),
                   {{"name", "w-vm1"},
                    {"external_ids", ids({{kOwnerKey, "edge:workload/vm1"}, {kProtectKey, "true"}})}}}});
  EXPECT_EQ(bench.verdict(kLost).substr(0, 24), "foreign: it is protected");
  EXPECT_FALSE(moves(kLost, bench.desired));
  want_on(bench, "n1");
  EXPECT_EQ(bench.verdict(kLost), "not wanted");
  EXPECT_TRUE(moves(kLost, bench.desired));
}

TEST(LostWorkload, nothing_is_lost_while_the_ports_are_unknown) {
  Bench bench = with_port("edge:workload/vm1");
  bench.hide("n2", bench.rows_look(Database::open_vswitch, "Port"));
  EXPECT_EQ(bench.all_of("workload"), "{}");
}

// It would be reported as removed while its port is still there.
TEST(LostWorkload, is_not_removed_while_the_bridges_are_unknown) {
  Bench bench = with_port("edge:workload/vm1");
  bench.hide("n2", bench.rows_look(Database::open_vswitch, "Bridge"));
  EXPECT_EQ(bench.verdict(kLost), "unknown: table Bridge of Open_vSwitch: does not answer");
}

}  // namespace
}  // namespace kiln::resources::lost_workload_test
