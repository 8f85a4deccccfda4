#include "planner/compose.h"

#include <gtest/gtest.h>

#include "planner/resource_for_test.h"

namespace kiln::planner::compose_test {
namespace {

Plan plan_of(const resources::Resources& resources) {
  FixedRandom random;
  return compose(resources, {}, random).value();
}

TEST(Compose, nothing_differs_is_an_empty_plan) {
  resources::Resources resources;
  FakeResource& fake = add(resources, "k", "a");
  fake.observation = *fake.wanted_state;
  const Plan plan = plan_of(resources);
  EXPECT_TRUE(plan.empty());
  EXPECT_EQ(plan.unchanged, 1U);
}

TEST(Compose, what_needs_something_deferred_is_deferred_with_the_reason_at_the_root) {
  resources::Resources resources;
  add(resources, "k", "a").observation = Unknown{"n1 does not answer"};
  add(resources, "k", "b").stated_needs = {{{"k", "a"}, "a first"}};
  add(resources, "k", "c").stated_needs = {{{"k", "b"}, "b first"}};
  add(resources, "k", "free");
  const Plan plan = plan_of(resources);
  ASSERT_EQ(plan.changes.size(), 4U);
  EXPECT_EQ(plan.deferred(), 3U);
  EXPECT_EQ(plan.changes[0].why, "n1 does not answer");
  EXPECT_EQ(plan.changes[1].why, "waits for k/a: n1 does not answer");
  EXPECT_EQ(plan.changes[2].why, "waits for k/a: n1 does not answer");
  EXPECT_TRUE(plan.changes[1].attributes.empty());
  ASSERT_EQ(plan.steps.size(), 1U);
  EXPECT_EQ(plan.steps[0].id, "k/free:do");
}

TEST(Compose, a_resource_that_is_as_wanted_keeps_nobody_waiting) {
  resources::Resources resources;
  add(resources, "k", "dead").observation = Unknown{"n3 does not answer"};
  FakeResource& listener = add(resources, "k", "listener");
  listener.observation = *listener.wanted_state;
  listener.stated_needs = {{{"k", "dead"}, "all members"}};
  add(resources, "k", "switch").stated_needs = {{{"k", "listener"}, "the database is there"}};
  const Plan plan = plan_of(resources);
  EXPECT_EQ(plan.deferred(), 1U);
  ASSERT_EQ(plan.steps.size(), 1U);
  EXPECT_EQ(plan.steps[0].id, "k/switch:do");
}

TEST(Compose, a_change_that_cannot_be_planned_is_deferred_and_so_is_what_needs_it) {
  resources::Resources resources;
  add(resources, "k", "a").refuses = "kiln does not change a release yet";
  add(resources, "k", "b").stated_needs = {{{"k", "a"}, "a first"}};
  const Plan plan = plan_of(resources);
  EXPECT_EQ(plan.changes[0].why, "kiln does not change a release yet");
  EXPECT_EQ(plan.changes[1].why, "waits for k/a: kiln does not change a release yet");
  EXPECT_TRUE(plan.steps.empty());
}

TEST(Compose, a_cycle_is_an_error) {
  resources::Resources resources;
  add(resources, "k", "a").stated_needs = {{{"k", "b"}, "x"}};
  add(resources, "k", "b").stated_needs = {{{"k", "a"}, "y"}};
  FixedRandom random;
  EXPECT_EQ(compose(resources, {}, random).error().code(), ErrorCode::failed);
}

}  // namespace
}  // namespace kiln::planner::compose_test
