#include "planner/scope.h"

#include <gtest/gtest.h>

#include "planner/compose.h"
#include "planner/fingerprint.h"
#include "planner/resource_for_test.h"

namespace kiln::planner::scope_test {
namespace {

/// k/a on n1 needs k/b on n2, which needs k/rows of the cluster; k/c on n3 needs k/b; k/d on n2 is free.
resources::Resources deployment(bool b_is_there = false) {
  resources::Resources resources;
  add(resources, "k", "a", "n1").stated_needs = {{{"k", "b"}, "b first"}};
  FakeResource& b = add(resources, "k", "b", "n2");
  b.stated_needs = {{{"k", "rows"}, "rows first"}};
  if (b_is_there) b.observation = *b.wanted_state;
  add(resources, "k", "c", "n3").stated_needs = {{{"k", "b"}, "b first"}};
  add(resources, "k", "d", "n2");
  add(resources, "k", "rows", kCluster);
  return resources;
}

Plan plan_of(const resources::Resources& resources, const Scope& scope) {
  FixedRandom random;
  return compose(resources, {}, random, scope).value();
}

/// "create k/a, defer k/c"
std::string changes_of(const Plan& plan) {
  std::string text;
  for (const Change& change : plan.changes)
    text += (text.empty() ? "" : ", ") + std::string(to_string(change.verb)) + ' ' + change.id.text();
  return text;
}

TEST(Scope, whole_leaves_nothing_out) {
  const Plan plan = plan_of(deployment(), {});
  EXPECT_EQ(plan.changes.size(), 5U);
  EXPECT_EQ(plan.left_out, 0U);
  EXPECT_EQ(plan.part, "");
}

TEST(Scope, only_one_node_pulls_in_what_its_changes_need) {
  const Plan plan = plan_of(deployment(), {{"n1"}, {}});
  EXPECT_EQ(changes_of(plan), "create k/a, create k/b, create k/rows");
  EXPECT_EQ(plan.left_out, 2U);
  EXPECT_EQ(plan.unchanged, 0U);
  EXPECT_EQ(plan.part, "only n1");
  EXPECT_EQ(plan.steps.size(), 3U);
}

TEST(Scope, what_is_needed_and_as_wanted_is_not_pulled_in) {
  const Plan plan = plan_of(deployment(true), {{"n1"}, {}});
  EXPECT_EQ(changes_of(plan), "create k/a");
  EXPECT_EQ(plan.left_out, 3U);
  EXPECT_EQ(plan.unchanged, 1U);
}

TEST(Scope, a_need_that_only_orders_pulls_nothing_in) {
  resources::Resources resources;
  add(resources, "k", "a", "n1").stated_needs = {{{"k", "b"}, "b first", true}};
  add(resources, "k", "b", "n2");
  EXPECT_EQ(changes_of(plan_of(resources, {{"n1"}, {}})), "create k/a");
}

TEST(Scope, all_but_one_puts_off_what_needs_a_change_of_it) {
  const Plan plan = plan_of(deployment(), {{}, {"n2"}});
  EXPECT_EQ(changes_of(plan), "defer k/a, defer k/c, create k/rows");
  EXPECT_EQ(plan.changes.front().why, "needs k/b, which is left out of this run");
  EXPECT_EQ(plan.left_out, 2U);
  EXPECT_EQ(plan.part, "all but n2");
}

TEST(Scope, what_is_excluded_is_not_pulled_in_either) {
  const Plan plan = plan_of(deployment(), {{"n1", "n3"}, {"n2"}});
  EXPECT_EQ(changes_of(plan), "defer k/a, defer k/c");
  EXPECT_EQ(plan.part, "only n1, n3 but n2");
}

TEST(Scope, a_node_that_does_not_answer_can_be_left_out) {
  resources::Resources resources;
  add(resources, "k", "a", "n1");
  add(resources, "k", "b", "n2").observation = Unknown{"n2 does not answer"};
  const Plan plan = plan_of(resources, {{}, {"n2"}});
  EXPECT_EQ(changes_of(plan), "create k/a");
  EXPECT_EQ(plan.deferred(), 0U);
  EXPECT_EQ(plan.left_out, 1U);
}

TEST(Scope, the_part_is_in_the_id_of_the_plan) {
  resources::Resources resources;
  add(resources, "k", "a", "n1");
  const Plan whole = plan_of(resources, {});
  const Plan part = plan_of(resources, {{"n1"}, {}});
  EXPECT_EQ(part.changes, whole.changes);
  EXPECT_NE(fingerprint(part), fingerprint(whole));
}

}  // namespace
}  // namespace kiln::planner::scope_test
