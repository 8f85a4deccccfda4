#include "planner/batch.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>

#include "planner/compose.h"
#include "planner/merge.h"
#include "planner/resource_for_test.h"

namespace kiln::planner::batch_test {
namespace {

Uuid uuid_of(std::size_t number) {
  Uuid uuid;
  for (std::size_t i = 0; i < 8; ++i) uuid.bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
  return uuid;
}

void add_row(resources::Resources& resources, const std::string& kind, const std::string& name,
             ovsdb::Transaction transaction, std::vector<resources::Need> needs) {
  FakeResource& fake = add(resources, kind, name, kCluster);
  fake.stated_needs = std::move(needs);
  Step step = fake.step("row", kCluster);
  step.pool = kRowsPool;
  step.actions = {Transact{Database::northbound, std::move(transaction)}};
  fake.stated_steps = {step};
}

/// A switch and its ports, as the kinds make them.
resources::Resources network(std::size_t ports) {
  resources::Resources resources;
  const Uuid on = uuid_of(1);
  add_row(resources, "logical-switch", "ls1",
          {ovsdb::Insert{.table = "Logical_Switch", .row = {}, .uuid = on, .uuid_name = {}}}, {});
  for (std::size_t i = 0; i < ports; ++i) {
    const Uuid port = uuid_of(i + 2);
    const ovsdb::Row row{{"name", ovsdb::Value(fmt::format("p{}", i))}};
    add_row(resources, "logical-switch-port", fmt::format("ls1/p{:05}", i),
            {ovsdb::Insert{.table = "Logical_Switch_Port", .row = row, .uuid = port, .uuid_name = {}},
             ovsdb::Mutate{"Logical_Switch", ovsdb::by_uuid(on), {{"ports", "insert", ovsdb::Value(port)}}}},
            {{{"logical-switch", "ls1"}, "it is a port of this switch"}});
  }
  return resources;
}

Plan plan_of(const resources::Resources& resources) {
  FixedRandom random;
  return compose(resources, {}, random).value();
}

const ovsdb::Transaction& transaction_of(const Step& step) {
  return std::get<Transact>(step.actions.at(0)).transaction;
}

TEST(Batch, equally_deep_rows_are_one_step_and_mutations_of_one_row_are_one) {
  const Plan plan = plan_of(network(3));
  ASSERT_EQ(plan.steps.size(), 2U);
  EXPECT_EQ(plan.steps[0].id, "logical-switch/ls1:row");
  const Step& ports = plan.steps[1];
  EXPECT_EQ(ports.id, "rows/1");
  EXPECT_EQ(ports.title, "write 3 rows to OVN_Northbound (3 Logical_Switch_Port)");
  EXPECT_EQ(ports.why, (std::vector<std::string>{"3 logical-switch-port to create"}));
  EXPECT_EQ(ports.resources.size(), 3U);
  EXPECT_EQ(ports.needs, (std::vector<StepNeed>{{"logical-switch/ls1:row", "it is a port of this switch"}}));
  ASSERT_EQ(transaction_of(ports).size(), 4U);
  const auto& mutate = std::get<ovsdb::Mutate>(transaction_of(ports)[3]);
  EXPECT_EQ(mutate.mutations[0].value, ovsdb::Value::set({uuid_of(2), uuid_of(3), uuid_of(4)}));
}

TEST(Batch, holds_at_most_kRowsPerTransaction_row_operations) {
  const Plan plan = plan_of(network(1200));
  ASSERT_EQ(plan.steps.size(), 4U);
  std::vector<std::size_t> sizes;
  for (const Step& step : plan.steps) sizes.push_back(step.resources.size());
  EXPECT_EQ(sizes, (std::vector<std::size_t>{1, 500, 500, 200}));
}

TEST(Batch, a_resource_that_is_larger_than_a_batch_is_not_split) {
  resources::Resources resources;
  ovsdb::Transaction large;
  for (std::size_t i = 0; i < 700; ++i)
    large.push_back(ovsdb::Delete{"Logical_Switch", ovsdb::by_uuid(uuid_of(i))});
  add_row(resources, "k", "a", {ovsdb::Delete{"Logical_Switch", {}}}, {});
  add_row(resources, "k", "b", large, {});
  add_row(resources, "k", "c", {ovsdb::Delete{"Logical_Switch", {}}}, {});
  EXPECT_EQ(plan_of(resources).steps.size(), 3U);
}

TEST(Batch, rows_that_wait_for_rows_through_other_steps_are_not_merged_with_them) {
  resources::Resources resources;
  add_row(resources, "k", "a", {ovsdb::Delete{"Logical_Switch", {}}}, {});
  add(resources, "k", "between").stated_needs = {{{"k", "a"}, "after a"}};
  add_row(resources, "k", "z", {ovsdb::Delete{"Logical_Switch", {}}}, {{{"k", "between"}, "after between"}});
  EXPECT_EQ(plan_of(resources).steps.size(), 3U);
}

TEST(Batch, a_step_with_a_gate_stays_alone) {
  resources::Resources resources = network(2);
  FakeResource& gated = add(resources, "logical-switch-port", "ls1/gated", kCluster);
  Step step = gated.step("row", kCluster);
  step.pool = kRowsPool;
  step.actions = {Transact{Database::northbound, {}}};
  step.gates = {{kCluster, PortUp{"p"}, Duration{1}}};
  gated.stated_steps = {step};
  EXPECT_EQ(plan_of(resources).steps.size(), 3U);
}

TEST(Batch, dependents_wait_for_the_batch) {
  resources::Resources resources = network(2);
  add(resources, "workload", "w").stated_needs = {{{"logical-switch-port", "ls1/p00001"}, "its port"}};
  const Plan plan = plan_of(resources);
  EXPECT_EQ(plan.steps.back().needs, (std::vector<StepNeed>{{"rows/1", "its port"}}));
}

TEST(Batch, removed_references_are_named_as_such) {
  resources::Resources resources;
  for (std::size_t i = 0; i < 2; ++i)
    add_row(resources, "k", std::to_string(i),
            {ovsdb::Mutate{"Logical_Switch", {}, {{"ports", "delete", ovsdb::Value(uuid_of(i))}}}}, {});
  EXPECT_EQ(plan_of(resources).steps[0].title,
            "change references in 1 row of OVN_Northbound (1 Logical_Switch)");
}

TEST(Merge, maps_are_merged_by_key_and_other_mutations_are_left_alone) {
  const auto insert = [](const char* key) {
    return ovsdb::Mutate{"T", {}, {{"external_ids", "insert", ovsdb::Value::string_map({{key, "1"}})}}};
  };
  const ovsdb::Mutate two{"T", {}, {{"a", "delete", ovsdb::Value("x")}, {"a", "insert", ovsdb::Value("y")}}};
  const ovsdb::Transaction left{insert("a"), two};
  const ovsdb::Transaction right{insert("b"), two};
  const ovsdb::Mutate both{
      "T", {}, {{"external_ids", "insert", ovsdb::Value::string_map({{"a", "1"}, {"b", "1"}})}}};
  EXPECT_EQ(merge({&left, &right}), (ovsdb::Transaction{two, two, both}));
}

TEST(Batch, plans_ten_thousand_ports_in_well_under_a_second) {
  const resources::Resources resources = network(10000);
  const auto start = std::chrono::steady_clock::now();
  const Plan plan = plan_of(resources);
  const auto took = std::chrono::steady_clock::now() - start;
  EXPECT_EQ(plan.steps.size(), 21U);
  fmt::print("10,000 ports planned in {} ms\n",
             std::chrono::duration_cast<std::chrono::milliseconds>(took).count());
}

}  // namespace
}  // namespace kiln::planner::batch_test
