#include "planner/budget.h"

#include <gtest/gtest.h>

namespace kiln::planner {
namespace {

Plan with(std::size_t removed, std::size_t unchanged) {
  Plan plan;
  plan.unchanged = unchanged;
  for (std::size_t at = 0; at < removed; ++at) {
    Change change;
    change.id = {"logical-switch-port", "ls1/p" + std::to_string(at)};
    change.verb = Verb::remove;
    plan.changes.push_back(change);
  }
  return plan;
}
std::size_t allowed(std::size_t removed, std::size_t unchanged) {
  return deletions(with(removed, unchanged), {}).allowed;
}

TEST(Budget, is_the_larger_of_three_and_a_tenth_of_what_exists) {
  EXPECT_EQ(allowed(0, 0), 3U);
  EXPECT_EQ(allowed(5, 34), 3U);
  EXPECT_EQ(allowed(5, 35), 4U);
  EXPECT_EQ(allowed(100, 900), 100U);
}

TEST(Budget, is_over_with_one_more) {
  EXPECT_FALSE(deletions(with(3, 10), {}).over());
  EXPECT_TRUE(deletions(with(4, 10), {}).over());
  EXPECT_EQ(to_text(deletions(with(4, 10), {})), "deletes 4 of 14 resources, and one apply may delete 3");
}

TEST(Budget, is_what_the_file_says) {
  Desired desired;
  desired.safety.max_delete = 0;
  EXPECT_TRUE(deletions(with(1, 1000), desired).over());
  desired.safety.max_delete = 5;
  EXPECT_FALSE(deletions(with(5, 0), desired).over());
  EXPECT_TRUE(deletions(with(6, 1000), desired).over());
}

/// Nodes n1 to `nodes`; the first `former` of them are no longer in the file and lose one thing each.
Deletions without_nodes(int former, int nodes, Desired desired = {}) {
  Plan plan = with(0, 1000);
  for (int at = 1; at <= nodes; ++at) {
    NodeSpec& node = desired.nodes["n" + std::to_string(at)];
    node.former = at <= former;
    if (!node.former) continue;
    Change change;
    change.id = {"chassis", "n" + std::to_string(at)};
    change.host = change.id.name;
    change.verb = Verb::remove;
    plan.changes.push_back(change);
  }
  return deletions(plan, desired);
}

TEST(Budget, lets_one_node_vanish_from_the_file_or_a_tenth_of_all) {
  EXPECT_FALSE(without_nodes(1, 4).over());
  EXPECT_TRUE(without_nodes(2, 4).over());
  EXPECT_FALSE(without_nodes(2, 20).over());
  EXPECT_TRUE(without_nodes(3, 20).over());
  EXPECT_EQ(
      to_text(without_nodes(2, 4)),
      "takes out 2 nodes that the file no longer has, 2 resources with them, and one apply may take out 1");
}

TEST(Budget, counts_the_databases_of_nodes_that_the_file_no_longer_has) {
  Plan plan = with(0, 100);
  for (const char* node : {"n1", "n2"}) {
    Change change;
    change.id = {"database", std::string(node) + "/nb"};
    change.host = node;
    change.verb = Verb::remove;
    plan.changes.push_back(change);
  }
  Desired desired;
  desired.nodes["n1"].former = true;
  desired.nodes["n2"].former = false;
  EXPECT_EQ(deletions(plan, desired).lost, (std::vector<ResourceId>{{"database", "n1/nb"}}));
}

TEST(Budget, of_nodes_is_that_of_the_file_where_it_says_one) {
  Desired desired;
  desired.safety.max_delete = 2;
  EXPECT_FALSE(without_nodes(2, 4, desired).over());
  EXPECT_TRUE(without_nodes(3, 4, desired).over());
}

TEST(Budget, does_not_count_a_node_that_has_another_name) {
  Desired desired;
  desired.waiting["n9"].after = "n1";
  EXPECT_EQ(without_nodes(2, 4, desired).nodes, 1U);
}

TEST(Budget, counts_only_what_the_file_has_nowhere) {
  Plan plan = with(0, 1);
  for (const auto& [name, verb] : std::vector<std::pair<std::string, Verb>>{{"vm1@n1", Verb::remove},
                                                                            {"vm2@n1", Verb::remove},
                                                                            {"vm1", Verb::create},
                                                                            {"vm3", Verb::defer},
                                                                            {"vm4", Verb::update}}) {
    Change change;
    change.id = {"workload", name};
    change.verb = verb;
    plan.changes.push_back(change);
  }
  Desired desired;
  desired.workloads["vm1"].node = "n2";
  const Deletions found = deletions(plan, desired);
  EXPECT_EQ(found.lost, (std::vector<ResourceId>{{"workload", "vm2@n1"}}));
  EXPECT_EQ(found.owned, 5U);
}

}  // namespace
}  // namespace kiln::planner
