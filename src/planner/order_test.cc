#include "planner/order.h"

#include <gtest/gtest.h>

#include "planner/compose.h"
#include "planner/resource_for_test.h"

namespace kiln::planner::order_test {
namespace {

/// "id < need (reason), need (reason)" for each step in the order of the plan.
std::string shape(const std::vector<Step>& steps) {
  std::string text;
  for (const Step& step : steps) {
    text += step.id;
    std::string between = " < ";
    for (const StepNeed& need : step.needs) {
      text += between + need.step + " (" + need.reason + ')';
      between = ", ";
    }
    text += '\n';
  }
  return text;
}

std::string plan_of(const resources::Resources& resources) {
  FixedRandom random;
  const auto plan = compose(resources, {}, random);
  return plan ? shape(plan->steps) : plan.error().text();
}

TEST(Order, steps_of_a_resource_are_a_chain_and_who_needs_it_waits_for_the_last) {
  resources::Resources resources;
  FakeResource& member = add(resources, "database", "n1");
  member.stated_steps = {member.step("create"), member.step("start")};
  add(resources, "listener", "nb").stated_needs = {{member.id(), "all members are there"}};
  EXPECT_EQ(plan_of(resources),
            "database/n1:create\n"
            "database/n1:start < database/n1:create (the steps of one resource run in order)\n"
            "listener/nb:do < database/n1:start (all members are there)\n");
}

TEST(Order, waits_through_resources_that_do_not_change) {
  resources::Resources resources;
  add(resources, "k", "a");
  FakeResource& unchanged = add(resources, "k", "b");
  unchanged.observation = *unchanged.wanted_state;
  unchanged.stated_needs = {{{"k", "a"}, "a before b"}};
  FakeResource& as_well = add(resources, "k", "c");
  as_well.observation = *as_well.wanted_state;
  as_well.stated_needs = {{{"k", "b"}, "b before c"}};
  add(resources, "k", "d").stated_needs = {{{"k", "c"}, "c before d"}};
  EXPECT_EQ(plan_of(resources), "k/a:do\nk/d:do < k/a:do (c before d (through k/c))\n");
}

TEST(Order, leaves_out_what_another_edge_implies) {
  resources::Resources resources;
  add(resources, "database", "n1");
  add(resources, "database", "n2").stated_needs = {{{"database", "n1"}, "one at a time"}};
  add(resources, "database", "n3").stated_needs = {{{"database", "n2"}, "one at a time"}};
  add(resources, "northd", "n1").stated_needs = {{{"database", "n1"}, "all members"},
                                                 {{"database", "n2"}, "all members"},
                                                 {{"database", "n3"}, "all members"}};
  EXPECT_EQ(plan_of(resources),
            "database/n1:do\n"
            "database/n2:do < database/n1:do (one at a time)\n"
            "database/n3:do < database/n2:do (one at a time)\n"
            "northd/n1:do < database/n3:do (all members)\n");
}

TEST(Order, removals_order_by_their_own_needs) {
  resources::Resources resources;
  FakeResource& lost = add(resources, "chassis", "gone");
  lost.wanted_state = std::nullopt;
  lost.observation = State{{"name", std::string("gone")}};
  lost.stated_needs = {{{"workload", "w"}, "its workload has moved"}};
  add(resources, "workload", "w");
  EXPECT_EQ(plan_of(resources), "workload/w:do\nchassis/gone:do < workload/w:do (its workload has moved)\n");
}

TEST(Order, is_by_depth_then_id_however_resources_come) {
  resources::Resources resources;
  add(resources, "k", "d").stated_needs = {{{"k", "z"}, "z"}};
  add(resources, "k", "z");
  add(resources, "k", "a");
  EXPECT_EQ(plan_of(resources), "k/a:do\nk/z:do\nk/d:do < k/z:do (z)\n");
}

TEST(Order, numbers_in_ids_count_as_numbers) {
  resources::Resources resources;
  for (const char* name : {"n10", "n2", "n1", "n", "m3", "n2/a"}) add(resources, "k", name);
  EXPECT_EQ(plan_of(resources), "k/m3:do\nk/n1:do\nk/n2/a:do\nk/n2:do\nk/n10:do\nk/n:do\n");
}

}  // namespace
}  // namespace kiln::planner::order_test
