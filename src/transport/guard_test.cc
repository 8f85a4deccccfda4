#include "transport/guard.h"

#include <gtest/gtest.h>

namespace kiln::transport {
namespace {

class Recording : public Transport {
 public:
  Facts look(const HostName&, const std::vector<Look>&, Duration) override {
    ++looks;
    return {};
  }
  Result<Outcome> act(const HostName&, const Action&, Duration) override {
    ++acts;
    return Outcome{};
  }
  Result<DatabaseCopy> copy_database(const HostName&, Database, const std::string&, Duration) override {
    return fail(ErrorCode::unreachable, "no answer");
  }
  Counters counters() const override { return {0, 0, looks, acts}; }
  std::uint64_t looks = 0;
  std::uint64_t acts = 0;
};

const WriteFile kPlanned{"/etc/kiln/a", "a\n", 0644};
const UnitAction kOfCluster{"ovn-northd.service", UnitVerb::restart};

Step step_on(const HostName& host, const Action& action) {
  Step step;
  step.host = host;
  step.actions = {action};
  return step;
}

Plan plan() {
  Plan plan;
  plan.steps = {step_on("n1", kPlanned), step_on(kCluster, kOfCluster)};
  return plan;
}

TEST(Guard, lets_through_what_the_plan_has_however_often) {
  const Plan allowed = plan();
  Recording inner;
  Guard guard(inner, allowed);
  EXPECT_TRUE(guard.act("n1", kPlanned, Duration{1}));
  EXPECT_TRUE(guard.act("n1", kPlanned, Duration{1}));
  EXPECT_TRUE(guard.act("n3", kOfCluster, Duration{1}));
  EXPECT_EQ(inner.acts, 3U);
  EXPECT_EQ(guard.counters(), inner.counters());
}

TEST(Guard, refuses_everything_else_and_sends_nothing) {
  const Plan allowed = plan();
  Recording inner;
  Guard guard(inner, allowed);
  WriteFile other = kPlanned;
  other.content = "b\n";
  for (const auto& [host, action] :
       std::vector<std::pair<HostName, Action>>{{"n2", kPlanned},
                                                {"n1", other},
                                                {"n1", RemoveFile{kPlanned.path}},
                                                {kController, DaemonReload{}}}) {
    const auto outcome = guard.act(host, action, Duration{1});
    ASSERT_FALSE(outcome) << describe(action);
    EXPECT_EQ(outcome.error().code(), ErrorCode::denied);
  }
  EXPECT_EQ(guard.act("n2", kPlanned, Duration{1}).error().text(),
            "refused, as it is not in the plan: write /etc/kiln/a on n2");
  EXPECT_EQ(inner.acts, 0U);
}

TEST(Guard, lets_every_look_through) {
  const Plan nothing;
  Recording inner;
  Guard guard(inner, nothing);
  guard.look("n1", {HostLook{}}, Duration{1});
  EXPECT_EQ(inner.looks, 1U);
}

}  // namespace
}  // namespace kiln::transport
