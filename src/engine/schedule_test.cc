#include "engine/schedule.h"

#include <gtest/gtest.h>

namespace kiln::engine {
namespace {

Plan diamond(const std::string& pool) {
  Plan plan;
  for (const char* id : {"a", "b", "c", "d"}) {
    Step step;
    step.id = id;
    plan.steps.push_back(step);
  }
  plan.steps[1].needs = plan.steps[2].needs = {{"a", "x"}};
  plan.steps[1].pool = plan.steps[2].pool = pool;
  plan.steps[3].needs = {{"b", "x"}, {"c", "x"}};
  return plan;
}

TEST(Schedule, starts_what_has_all_it_needs_in_the_order_of_the_plan) {
  const Plan plan = diamond("");
  Schedule schedule(plan);
  EXPECT_EQ(schedule.next(), 0U);
  EXPECT_EQ(schedule.next(), std::nullopt);
  schedule.end(0, true);
  EXPECT_EQ(schedule.next(), 1U);
  EXPECT_EQ(schedule.next(), 2U);
  schedule.end(2, true);
  EXPECT_EQ(schedule.next(), std::nullopt);
  schedule.end(1, true);
  EXPECT_EQ(schedule.next(), 3U);
}

TEST(Schedule, a_pool_runs_one_at_a_time) {
  const Plan plan = diamond("raft/nb");
  Schedule schedule(plan);
  schedule.next();
  schedule.end(0, true);
  EXPECT_EQ(schedule.next(), 1U);
  EXPECT_EQ(schedule.next(), std::nullopt);
  schedule.end(1, false);
  EXPECT_EQ(schedule.next(), 2U);
}

TEST(Schedule, names_the_step_that_failed_for_all_that_can_no_longer_run) {
  const Plan plan = diamond("");
  Schedule schedule(plan);
  schedule.next();
  const auto skipped = schedule.end(0, false);
  ASSERT_EQ(skipped.size(), 3U);
  for (const Schedule::Skipped& one : skipped) EXPECT_EQ(one.because, 0U);
  EXPECT_EQ(schedule.next(), std::nullopt);
}

}  // namespace
}  // namespace kiln::engine
