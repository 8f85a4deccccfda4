#include <gmock/gmock.h>

#include <cstdio>

#include "fault/story.h"
#include "planner/fingerprint.h"
#include "render/saved_plan.h"
#include "support/lab.h"

// A plan is saved, applied, killed in the middle of every action, and applied again: the file and not a new
// plan.

namespace kiln::test::saved_plan_test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Through the text of the file.
Plan saved(const Plan& plan) {
  const auto read = render::read_saved_plan(render::saved_plan_text({plan, {}, "kiln.toml", {}, ""}));
  EXPECT_TRUE(read) << (read ? "" : read.error().text());
  return read ? read->plan : Plan{};
}

std::vector<std::string> facts_of(const planner::Recheck& now) {
  std::vector<std::string> facts;
  for (const planner::Stale& stale : now.stale)
    facts.push_back(stale.resource.text() + ' ' + stale.fact + ": " + stale.planned + " -> " + stale.now);
  return facts;
}

/// What is wrong after the same plan was applied once more.
std::vector<std::string> apply_again(Lab& lab, const Plan& plan, const std::string& end) {
  lab.cluster.faults().clear();
  const planner::Recheck now = lab.recheck(plan);
  std::vector<std::string> wrong = facts_of(now);
  if (!wrong.empty()) return wrong;
  const Report report = lab.execute(planner::without(plan, now.satisfied));
  wrong = steps_with(report, StepStatus::failed);
  lab.verify();
  lab.cluster.settle();
  if (lab.recheck(plan).satisfied.size() != plan.steps.size()) wrong.emplace_back("not satisfied");
  if (end_state(lab.cluster) != end) wrong.emplace_back("another end state");
  for (const std::string& violation : lab.cluster.oracle().violations()) wrong.push_back(violation);
  return wrong;
}

void sweep(const Desired& desired, const char* name) {
  Lab whole(desired);
  const Plan plan = saved(whole.plan().plan);
  EXPECT_EQ(plan, whole.plan().plan);
  whole.execute(plan);
  whole.verify();
  whole.cluster.settle();
  const std::string end = end_state(whole.cluster);
  const std::size_t actions = whole.cluster.sent().size();
  std::vector<std::string> wrong;
  for (std::size_t at = 0; at < actions; ++at) {
    Lab lab(desired);
    lab.cluster.faults().at(at, FaultKind::kill_middle);
    EXPECT_THROW(lab.execute(plan), Killed);
    const std::string place = lab.cluster.sent().back();
    for (const std::string& what : apply_again(lab, plan, end)) wrong.push_back(place + " -> " + what);
  }
  std::printf("%s: a saved plan of %zu steps, killed in the middle of each of %zu actions\n", name,
              plan.steps.size(), actions);
  EXPECT_THAT(wrong, IsEmpty());
}

TEST(SavedPlan, OfThreeNodesIsCompletedByApplyingItAgain) {
  sweep(deployment(3), "three nodes");
}

TEST(SavedPlan, WithAUserspaceBridgeIsCompletedByApplyingItAgain) {
  Desired desired = deployment(2);
  add_userspace_bridge(desired);
  sweep(desired, "two nodes, one with a userspace bridge");
}

TEST(SavedPlan, ThatSomebodyEditedIsNotCarriedOut) {
  Lab lab(deployment(2));
  const Plan plan = saved(lab.plan().plan);
  EXPECT_THAT(planner::edited(plan), IsEmpty());
  EXPECT_THAT(facts_of(lab.recheck(plan)), IsEmpty());
  const Action intruder = WriteFile{"/etc/cron.d/x", "* * * * * root id\n", 0644};
  Plan edited = plan;
  edited.steps.front().actions.push_back(intruder);
  EXPECT_EQ(planner::edited(edited).size(), 1U);
  // And by somebody who knows how ids are made.
  edited.id = planner::fingerprint(edited);
  ASSERT_EQ(facts_of(lab.recheck(edited)).size(), 1U);
  EXPECT_THAT(facts_of(lab.recheck(edited)).front(), HasSubstr("write /etc/cron.d/x"));
  // A step for something that has no change, and one for nothing.
  for (const std::vector<ResourceId>& resources :
       {std::vector<ResourceId>{{"host", "n1"}}, std::vector<ResourceId>{}}) {
    edited = plan;
    Step step;
    step.id = "host/n1:extra";
    step.host = "n1";
    step.title = "nothing to worry about";
    step.actions = {intruder};
    step.resources = resources;
    edited.steps.push_back(step);
    edited.id = planner::fingerprint(edited);
    ASSERT_EQ(facts_of(lab.recheck(edited)).size(), 1U);
    EXPECT_THAT(facts_of(lab.recheck(edited)).front(), HasSubstr("write /etc/cron.d/x"));
  }
}

/// Whether a plan with this step edited, and its id made anew, is refused for what the step says of itself.
void expect_refused(Lab& lab, const Plan& plan, std::size_t at, void (*edit)(Step& step)) {
  Plan edited = plan;
  edit(edited.steps[at]);
  edited.id = planner::fingerprint(edited);
  EXPECT_THAT(facts_of(lab.recheck(edited)),
              Contains(HasSubstr("what step " + plan.steps[at].id + " says that it does: ")))
      << plan.steps[at].title;
}

/// Steps say of themselves what planning says of their actions: of one by one, and of rows in a batch.
TEST(SavedPlan, WhoseStepsSaySomethingElseIsNotCarriedOut) {
  Lab lab(deployment(3));
  const Plan plan = saved(lab.plan().plan);
  std::set<std::size_t> told;  // resources of the steps
  for (std::size_t at = 0; at < plan.steps.size(); ++at) {
    const Step& step = plan.steps[at];
    if (step.resources.empty()) continue;
    if (!step.guards.empty()) expect_refused(lab, plan, at, [](Step& edited) { edited.guards.clear(); });
    if (step.risk != Risk::none)
      expect_refused(lab, plan, at, [](Step& edited) { edited.risk = Risk::none; });
    if (!told.insert(step.resources.size()).second) continue;
    expect_refused(lab, plan, at, [](Step& edited) { edited.title = "nothing to worry about"; });
    expect_refused(lab, plan, at, [](Step& edited) { edited.host = "n2"; });
    expect_refused(lab, plan, at, [](Step& edited) { edited.irreversible = !edited.irreversible; });
    if (step.resources.size() == 1)
      expect_refused(lab, plan, at, [](Step& edited) {
        edited.title = "nothing to worry about";
        edited.actions.push_back(edited.actions.front());
      });
  }
  EXPECT_GT(told.size(), 1U);
}

/// A batch is at the risk of what is in it.
TEST(SavedPlan, ThatTakesRowsAwaySaysAtWhatRisk) {
  Lab lab(deployment(3));
  lab.apply();
  lab.desired = after_a_move(lab.desired);
  const Plan plan = saved(lab.plan().plan);
  std::size_t batches = 0;
  for (std::size_t at = 0; at < plan.steps.size(); ++at) {
    if (plan.steps[at].resources.size() < 2 || plan.steps[at].risk == Risk::none) continue;
    ++batches;
    expect_refused(lab, plan, at, [](Step& edited) { edited.risk = Risk::none; });
  }
  EXPECT_GT(batches, 0U);
}

TEST(SavedPlan, OfABringUpIsStaleOnceSomebodyElseMadeADatabase) {
  Lab lab(deployment(2));
  const Plan plan = saved(lab.plan().plan);
  // Somebody brings up n2 alone in the meantime.
  Desired other = lab.desired;
  set_centrals(other, {"n2"});
  std::swap(lab.desired, other);
  lab.apply();
  std::swap(lab.desired, other);
  const planner::Recheck now = lab.recheck(plan);
  ASSERT_THAT(now.stale, ::testing::Not(IsEmpty()));
  for (const planner::Stale& stale : now.stale)
    EXPECT_THAT(stale.voids, ::testing::Not(IsEmpty())) << stale.fact;
}

/// The question of apply was open while somebody else did something.
TEST(WhileAsked, ACentralThatStopsVoidsTheLeaveOfAnother) {
  Desired desired = deployment(3);
  set_centrals(desired, {"n1", "n2", "n3"});
  Lab lab(desired);
  lab.apply();
  set_centrals(lab.desired, {"n1", "n2"});
  const Plan plan = lab.plan().plan;
  ASSERT_THAT(facts_of(lab.recheck(plan)), IsEmpty());
  lab.cluster.by_hand("n2", {std::string(server_unit(Database::northbound)), UnitVerb::stop});
  EXPECT_THAT(facts_of(lab.recheck(plan)),
              Contains(HasSubstr("database/n3/nb whether it can be done: possible -> n3 does not leave")));
}

TEST(WhileAsked, AUnitThatWasStoppingAndHasStoppedVoidsNothing) {
  Lab lab(deployment(2));
  lab.apply();
  lab.cluster.by_hand("n2", {"ovn-controller.service", UnitVerb::stop});
  Plan plan = lab.plan().plan;
  std::size_t units = 0;
  const auto was = [&](const std::string& state) {
    units = 0;
    for (Change& change : plan.changes)
      for (AttributeChange& attribute : change.attributes)
        if (attribute.path == "ovn-controller.service") {
          attribute.from = state;
          ++units;
        }
  };
  was("deactivating");
  ASSERT_EQ(units, 1U);
  EXPECT_THAT(facts_of(lab.recheck(plan)), IsEmpty());
  was("failed");
  EXPECT_THAT(facts_of(lab.recheck(plan)), Contains(HasSubstr("ovn-controller.service: failed -> inactive")));
}

TEST(WhileAsked, ARowOfAColleaguesIsNotDeleted) {
  Lab lab(deployment(2));
  lab.apply();
  lab.desired.switches.erase("ls2");
  const Plan plan = lab.plan().plan;
  ASSERT_THAT(facts_of(lab.recheck(plan)), IsEmpty());
  // A colleague's file has it otherwise.
  Desired other = deployment(2);
  other.switches.at("ls2").ports.at("idle").addresses = {"02:ac:10:ff:02:07"};
  std::swap(lab.desired, other);
  lab.apply();
  std::swap(lab.desired, other);
  EXPECT_THAT(facts_of(lab.recheck(plan)), Contains(HasSubstr("logical-switch-port/ls2/idle addresses")));
}

}  // namespace
}  // namespace kiln::test::saved_plan_test
