#include <gmock/gmock.h>

#include <algorithm>

#include "fault/story.h"

// Each guard of the oracle is broken on purpose: it notices. A guard that never speaks guards nothing.

namespace kiln::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// One step more than nothing: `actions` on `host`.
Plan plan_of(const HostName& host, std::vector<Action> actions) {
  Plan plan;
  Step step;
  step.id = "mistake/1";
  step.host = host;
  step.why = {"on purpose"};
  step.actions = std::move(actions);
  plan.steps.push_back(std::move(step));
  return plan;
}

/// A deployment where kiln then makes a mistake of its own.
class Oracles : public ::testing::Test {
 protected:
  Oracles() : lab(deployment(3)) { lab.apply(); }

  /// What the oracle says when kiln does this.
  std::vector<std::string> after(const HostName& host, std::vector<Action> actions) {
    EXPECT_THAT(lab.cluster.oracle().violations(), IsEmpty());
    lab.execute(plan_of(host, std::move(actions)));
    return lab.cluster.oracle().violations();
  }
  static Action transact(ovsdb::Operation operation, Database database = Database::northbound) {
    return Transact{database, {std::move(operation)}};
  }
  /// Somebody else's switch.
  void add_foreign_switch() {
    lab.cluster.edit(
        Database::northbound,
        {ovsdb::Insert{"Logical_Switch",
                       {{"name", "theirs"}, {"external_ids", ovsdb::Value::string_map({{"team", "red"}})}},
                       std::nullopt,
                       {}}});
  }
  static ovsdb::Where named(const char* name) { return {{"name", "==", ovsdb::Value(name)}}; }

  Lab lab;
};

TEST_F(Oracles, NoticeARowOfSomebodyElseThatGoes) {
  add_foreign_switch();
  EXPECT_THAT(after("n1", {transact(ovsdb::Delete{"Logical_Switch", named("theirs")})}),
              Contains(HasSubstr("a row of somebody else is gone")));
}

TEST_F(Oracles, NoticeARowOfSomebodyElseThatIsTakenOver) {
  add_foreign_switch();
  const auto mark = ovsdb::Value::string_map({{kOwnerKey, "edge:logical-switch/theirs"}});
  EXPECT_THAT(
      after("n1",
            {transact(ovsdb::Mutate{"Logical_Switch", named("theirs"), {{"external_ids", "insert", mark}}})}),
      Contains(HasSubstr("a row of somebody else is changed")));
}

TEST_F(Oracles, NoticeARowOfAnotherDeployment) {
  lab.cluster.edit(
      Database::northbound,
      {ovsdb::Insert{"Logical_Switch",
                     {{"name", "core1"},
                      {"external_ids", ovsdb::Value::string_map({{kOwnerKey, "core:logical-switch/core1"}})}},
                     std::nullopt,
                     {}}});
  EXPECT_THAT(after("n1", {transact(ovsdb::Delete{"Logical_Switch", named("core1")})}),
              Contains(HasSubstr("a row of somebody else is gone")));
}

TEST_F(Oracles, NoticeAKeyOfSomebodyElseThatGoes) {
  lab.cluster.edit(
      Database::open_vswitch,
      {ovsdb::Mutate{
          "Open_vSwitch", {}, {{"external_ids", "insert", ovsdb::Value::string_map({{"rack", "7"}})}}}},
      "n1");
  EXPECT_THAT(
      after("n1",
            {transact(ovsdb::Mutate{"Open_vSwitch", {}, {{"external_ids", "delete", ovsdb::Value("rack")}}},
                      Database::open_vswitch)}),
      Contains(HasSubstr("a key of somebody else is gone")));
}

TEST_F(Oracles, NoticeAFileOutsideOfKilnsPlaces) {
  EXPECT_THAT(after("n1", {WriteFile{.path = "/etc/hosts", .content = "x", .mode = 0644}}),
              Contains(HasSubstr("a file that is not kiln's to write")));
}

TEST_F(Oracles, NoticeAFileOfSomebodyElse) {
  lab.cluster.host("n1").files["/etc/kiln/notes"].content = "by hand";
  EXPECT_THAT(after("n1", {RemoveFile{"/etc/kiln/notes"}}),
              Contains(HasSubstr("a file of somebody else is overwritten or removed")));
}

TEST_F(Oracles, NoticeAPrivateKeyThatIsRead) {
  lab.cluster.look("n1", {FileLook{"/etc/kiln/pki/ovn-northd/key.pem"}}, Duration{1000});
  EXPECT_THAT(lab.cluster.oracle().violations(), Contains(HasSubstr("the content of a private key")));
}

TEST_F(Oracles, NoticeAMemberThatIsStoppedWhileAnotherIsDown) {
  const std::string unit(server_unit(Database::northbound));
  lab.cluster.by_hand("n2", {unit, UnitVerb::stop});
  const auto seen = after("n1", {UnitAction{unit, UnitVerb::stop}});
  EXPECT_THAT(seen, Contains(HasSubstr("quorum at risk")));
  EXPECT_THAT(seen, Contains(HasSubstr("quorum lost")));
}

/// By what comes of it, whatever the action is called: ovn-central.service takes its parts with it.
TEST_F(Oracles, NoticeAQuorumThatIsLostThroughAnotherUnit) {
  lab.cluster.by_hand("n2", {"ovn-central.service", UnitVerb::start});
  lab.cluster.by_hand("n2", {std::string(server_unit(Database::southbound)), UnitVerb::stop});
  lab.cluster.by_hand("n1", {"ovn-central.service", UnitVerb::start});
  EXPECT_THAT(after("n1", {UnitAction{"ovn-central.service", UnitVerb::stop}}),
              Contains(HasSubstr("quorum lost")));
}

TEST_F(Oracles, NoticeAMemberThatLeavesWhileAnotherIsDown) {
  lab.cluster.by_hand("n2", {std::string(server_unit(Database::northbound)), UnitVerb::stop});
  EXPECT_THAT(after("n1", {LeaveDatabase{Database::northbound}}),
              Contains(HasSubstr("n1 leaves while the member on n2 is down")));
}

/// Every chassis is told of those that stay before the first of the others leaves.
TEST_F(Oracles, NoticeAChassisThatKnowsNobodyWhoStays) {
  lab.cluster.edit(Database::open_vswitch,
                   {ovsdb::Mutate{"Open_vSwitch",
                                  {},
                                  {{"external_ids", "delete", ovsdb::Value("ovn-remote")},
                                   {"external_ids", "insert",
                                    ovsdb::Value::string_map({{"ovn-remote", "ssl:192.0.2.11:6642"}})}}}},
                   "n2");
  EXPECT_THAT(after("n1", {LeaveDatabase{Database::southbound}}),
              Contains(HasSubstr("chassis n2 knows no member when n1 has left")));
}

TEST_F(Oracles, NoticeASecondCluster) {
  EXPECT_THAT(after("n3", {CreateDatabase{Database::northbound, "ssl:192.0.2.13:6643", 16000}}),
              Contains(HasSubstr("a second cluster")));
}

TEST_F(Oracles, NoticeASchemaThatIsConverted) {
  EXPECT_THAT(after("n1", {Appctl{"ovsdb-server", {"ovsdb-server/convert", "OVN_Northbound"}}}),
              Contains(HasSubstr("a schema is converted")));
}

/// The plan guard: what is expected is one plan, what is done another.
class PlanGuard : public ::testing::Test {
 protected:
  PlanGuard() : lab(deployment(1)), plan(lab.plan().plan) {}

  /// As execute does it for the first step that has more than one action, changed by `mistake`.
  std::vector<std::string> after(void (*mistake)(std::vector<Action>& actions)) {
    std::size_t at = 0;
    while (plan.steps[at].actions.size() < 2) ++at;
    std::vector<Action> actions = plan.steps[at].actions;
    mistake(actions);
    lab.cluster.oracle().expect(&plan);
    lab.cluster.oracle().running(at);
    for (const Action& action : actions)
      static_cast<void>(lab.cluster.act(plan.steps[at].host, action, Duration{1000}));
    return lab.cluster.oracle().violations();
  }

  Lab lab;
  Plan plan;
};

TEST_F(PlanGuard, NoticesAnActionThatIsNotInThePlan) {
  EXPECT_THAT(after([](std::vector<Action>& actions) { actions = {DaemonReload{}, DaemonReload{}}; }),
              Contains(HasSubstr("not in the plan")));
}

TEST_F(PlanGuard, NoticesAnActionOutOfItsOrder) {
  EXPECT_THAT(after([](std::vector<Action>& actions) { std::swap(actions.front(), actions.back()); }),
              Contains(HasSubstr("not in the plan, or out of its order")));
}

TEST_F(PlanGuard, NoticesAnActionOnAnotherHost) {
  lab.cluster.oracle().expect(&plan);
  const auto step = std::ranges::find_if(plan.steps, [](const Step& one) { return one.host == "n1"; });
  lab.cluster.oracle().running(static_cast<std::size_t>(step - plan.steps.begin()));
  static_cast<void>(lab.cluster.act(kController, step->actions.front(), Duration{1000}));
  EXPECT_THAT(lab.cluster.oracle().violations(), Contains(HasSubstr("not in the plan")));
}

TEST_F(PlanGuard, NoticesAStepBeforeWhatItNeeds) {
  lab.cluster.oracle().expect(&plan);
  const auto step = std::ranges::find_if(plan.steps, [](const Step& one) {
    return one.host == "n1" && !one.needs.empty() && !one.actions.empty();
  });
  lab.cluster.oracle().running(static_cast<std::size_t>(step - plan.steps.begin()));
  static_cast<void>(lab.cluster.act("n1", step->actions.front(), Duration{1000}));
  EXPECT_THAT(lab.cluster.oracle().violations(), Contains(HasSubstr("before what it needs")));
}

TEST_F(PlanGuard, NoticesAnActionWithoutAPlan) {
  static_cast<void>(lab.cluster.act("n1", DaemonReload{}, Duration{1000}));
  EXPECT_THAT(lab.cluster.oracle().violations(), Contains(HasSubstr("an action without a plan")));
}

}  // namespace
}  // namespace kiln::test
