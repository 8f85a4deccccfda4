#include "engine/remembered.h"

#include <gtest/gtest.h>

namespace kiln::engine::remembered_test {
namespace {

using enum PastAction::Outcome;
using Members = std::set<std::string>;

PastStep step(const std::string& id, PastAction::Outcome outcome,
              std::optional<StepStatus> status = StepStatus::done) {
  PastStep step;
  step.step = id;
  step.actions = {{.at = {}, .action = {}, .outcome = outcome, .error = {}}};
  step.status = status;
  return step;
}
std::map<Database, Members> of(const std::vector<PastStep>& steps) {
  PastRuns past;
  past.runs.resize(1);
  past.runs.front().steps = steps;
  return remembered_members(past);
}

TEST(Remembered, who_created_and_who_joined) {
  const auto members = of({step("database/n1/nb:create", changed), step("database/n2/nb:join", unchanged),
                           step("database/n1/sb:adopt", changed), step("northd/n1:start", changed),
                           step("database/n3/sb:start", changed)});
  EXPECT_EQ(members.at(Database::northbound), (Members{"n1", "n2"}));
  EXPECT_EQ(members.at(Database::southbound), (Members{"n1", "n3"}));
}

TEST(Remembered, not_who_has_options_and_certificates_alone) {
  EXPECT_TRUE(
      of({step("database/n1/nb:configure", changed), step("certificate/n1/ovn-northbound:issue", changed)})
          .empty());
}

TEST(Remembered, who_may_have_become_one_when_a_run_was_killed) {
  EXPECT_EQ(of({step("database/n1/nb:create", unknown, std::nullopt)}).at(Database::northbound),
            (Members{"n1"}));
  EXPECT_TRUE(of({step("database/n1/nb:create", failed, StepStatus::failed)}).empty());
}

TEST(Remembered, who_has_left_is_forgotten) {
  const PastStep create = step("database/n1/nb:create", changed);
  EXPECT_EQ(of({create, step("database/n1/nb:retire", changed)}).at(Database::northbound), Members{});
  EXPECT_EQ(of({create, step("database/n1/nb:retire", changed), step("database/n1/nb:join", changed)})
                .at(Database::northbound),
            (Members{"n1"}));
}

TEST(Remembered, steps_of_other_shapes_are_none) {
  EXPECT_TRUE(of({step("database/:create", changed), step("database/n1/x:create", changed), step("", changed),
                  step("recover/nb:retire-n1", changed), step("database/nb:create", changed)})
                  .empty());
}

TEST(Remembered, is_how_a_node_was_reached_last) {
  PastRuns past;
  past.runs.resize(3);
  past.runs[0].nodes = {{"n4", "192.0.2.14 port=22"}, {"n5", "192.0.2.15 user=old"}};
  past.runs[1].nodes = {{"n4", "192.0.2.14 port=2222"}};
  past.runs[2].nodes = {{"n4", "192.0.2.99"}};
  EXPECT_EQ(remembered_way(past, "n4", "192.0.2.14"), "192.0.2.14 port=2222");
  EXPECT_EQ(remembered_way(past, "n9", "192.0.2.15"), "192.0.2.15 user=old") << "it had another name";
  EXPECT_EQ(remembered_way(past, "n4", "192.0.2.1"), std::nullopt);
}

}  // namespace
}  // namespace kiln::engine::remembered_test
