#include <gtest/gtest.h>

#include "planner/resource_for_test.h"

namespace kiln::planner {
namespace {

Change only_change(const FakeResource& like, resources::Observation observation) {
  resources::Resources resources;
  FakeResource& fake = add(resources, "kind", "a");
  fake.wanted_state = like.wanted_state;
  fake.observation = std::move(observation);
  return diff(resources, {}).front();
}

TEST(Diff, what_is_absent_is_created_with_every_attribute) {
  FakeResource like({"kind", "a"});
  like.wanted_state = State{{"ip", std::string("10.0.0.1")}, {"mtu", std::int64_t{1400}}};
  const Change change = only_change(like, Absent{});
  EXPECT_EQ(change.verb, Verb::create);
  const std::vector<AttributeChange> attributes = {
      {"ip", std::nullopt, std::string("10.0.0.1"), {"kiln.toml", 2, 1, 0, 0}},
      {"mtu", std::nullopt, std::int64_t{1400}, {"kiln.toml", 3, 1, 0, 0}}};
  EXPECT_EQ(change.attributes, attributes);
  EXPECT_EQ(change.host, "n1");
  EXPECT_EQ(change.span.line, 3);
}

// A key that leaves the file takes its value away, too.
TEST(Diff, what_is_there_and_not_wanted_is_named) {
  FakeResource like({"kind", "a"});
  like.wanted_state = State{{"ip", std::string("10.0.0.1")}};
  const Change change = only_change(like, State{{"ip", std::string("10.0.0.1")}, {"mac", true}});
  EXPECT_EQ(change.verb, Verb::update);
  ASSERT_EQ(change.attributes.size(), 1U);
  EXPECT_EQ(change.attributes[0].path, "mac");
  EXPECT_EQ(change.attributes[0].from, AttributeValue(true));
  EXPECT_EQ(change.attributes[0].to, std::nullopt);
}

TEST(Diff, what_differs_is_updated_and_nothing_else_is_named) {
  FakeResource like({"kind", "a"});
  like.wanted_state = State{{"ip", std::string("10.0.0.1")}, {"mtu", std::int64_t{1400}}};
  const Change change =
      only_change(like, State{{"ip", std::string("10.9.9.9")}, {"mtu", std::int64_t{1400}}});
  EXPECT_EQ(change.verb, Verb::update);
  ASSERT_EQ(change.attributes.size(), 1U);
  EXPECT_EQ(change.attributes[0].from, AttributeValue(std::string("10.9.9.9")));
}

TEST(Diff, a_state_as_wanted_is_no_change) {
  const FakeResource like({"kind", "a"});
  const Change change = only_change(like, *like.wanted_state);
  EXPECT_EQ(change.verb, Verb::none);
  EXPECT_TRUE(change.attributes.empty());
}

TEST(Diff, what_is_not_wanted_is_removed_where_it_is_there) {
  FakeResource like({"kind", "a"});
  like.wanted_state = std::nullopt;
  EXPECT_EQ(only_change(like, Absent{}).verb, Verb::none);
  const Change change = only_change(like, State{{"port", std::string("p1")}});
  EXPECT_EQ(change.verb, Verb::remove);
  const std::vector<AttributeChange> attributes = {{"port", std::string("p1"), std::nullopt, {}}};
  EXPECT_EQ(change.attributes, attributes);
}

TEST(Diff, unknown_and_foreign_are_deferred_with_why_for_wanted_and_unwanted) {
  FakeResource wanted({"kind", "a"});
  FakeResource unwanted({"kind", "a"});
  unwanted.wanted_state = std::nullopt;
  for (const FakeResource* like : {&wanted, &unwanted}) {
    const Change unknown = only_change(*like, Unknown{"n1 does not answer"});
    EXPECT_EQ(unknown.verb, Verb::defer);
    EXPECT_EQ(unknown.why, "n1 does not answer");
    const Change foreign = only_change(*like, resources::Foreign{"not kiln's"});
    EXPECT_EQ(foreign.verb, Verb::defer);
    EXPECT_EQ(foreign.why, "not kiln's");
  }
}

TEST(Diff, is_sorted_by_id) {
  resources::Resources resources;
  for (const char* name : {"c", "a", "b"}) add(resources, "kind", name);
  std::string names;
  for (const Change& change : diff(resources, {})) names += change.id.name;
  EXPECT_EQ(names, "abc");
}

}  // namespace
}  // namespace kiln::planner
