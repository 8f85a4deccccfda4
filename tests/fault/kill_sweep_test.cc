#include <gmock/gmock.h>

#include <cstdio>

#include "support/lab.h"

// kiln is killed before, in the middle of and after every single action; running it again must lead to where
// an undisturbed run leads.

namespace kiln::test {
namespace {

using ::testing::IsEmpty;

/// False if kiln was killed.
bool apply_until_killed(Lab& lab) {
  try {
    lab.apply();
    return true;
  } catch (const Killed&) {
    return false;
  }
}

/// What is wrong after kiln ran once more, undisturbed: nothing, if `end` is where it came to.
std::vector<std::string> run_again(Lab& lab, const std::string& end) {
  lab.cluster.faults().clear();
  const Report report = lab.apply();
  std::vector<std::string> wrong = steps_with(report, StepStatus::failed);
  for (std::string& change : lab.remaining()) wrong.push_back("remaining: " + change);
  for (const StepReport& check : lab.verify())
    if (check.status != StepStatus::done) wrong.push_back(check.title + ": " + check.text);
  lab.cluster.settle();
  if (end_state(lab.cluster) != end) wrong.emplace_back("another end state");
  for (const std::string& violation : lab.cluster.oracle().violations()) wrong.push_back(violation);
  return wrong;
}

/// A deployment, and what the file says later (the same, for a bring-up).
struct Story {
  Desired first;
  std::optional<Desired> then;

  /// The cluster before the run that is killed.
  void begin(Lab& lab) const {
    if (!then) return;
    lab.apply();
    lab.desired = *then;
  }
};

/// Kills at every action; `kinds` says how.
void sweep(const Story& story, const std::vector<FaultKind>& kinds, const char* name) {
  Lab whole(story.first);
  story.begin(whole);
  const std::size_t start = whole.cluster.sent().size();
  whole.apply();
  whole.verify();
  whole.cluster.settle();
  const std::size_t end = whole.cluster.sent().size();
  const std::string state = end_state(whole.cluster);
  std::vector<std::string> wrong;
  std::size_t runs = 0;
  for (std::size_t at = start; at < end; ++at)
    for (const FaultKind kind : kinds) {
      Lab lab(story.first);
      story.begin(lab);
      lab.cluster.faults().at(at, kind);
      ASSERT_FALSE(apply_until_killed(lab));
      const std::string place = std::string(to_string(kind)) + ' ' + lab.cluster.sent().back();
      // Some time may pass until somebody runs kiln again, or none.
      if (at % 2 == 1) lab.cluster.settle();
      for (const std::string& what : run_again(lab, state)) wrong.push_back(place + " -> " + what);
      ++runs;
    }
  std::printf("%s: %zu actions, killed %zu times\n", name, end - start, runs);
  EXPECT_THAT(wrong, IsEmpty());
}

constexpr FaultKind kBefore = FaultKind::kill_before;
constexpr FaultKind kMiddle = FaultKind::kill_middle;
constexpr FaultKind kAfter = FaultKind::kill_after;

TEST(KillSweep, BeforeEveryActionOfThreeNodes) {
  sweep({deployment(3), std::nullopt}, {kBefore}, "three nodes, before");
}
TEST(KillSweep, InTheMiddleOfEveryActionOfThreeNodes) {
  sweep({deployment(3), std::nullopt}, {kMiddle}, "three nodes, in the middle");
}
TEST(KillSweep, AfterEveryActionOfThreeNodes) {
  sweep({deployment(3), std::nullopt}, {kAfter}, "three nodes, after");
}

TEST(KillSweep, EveryActionWithAUserspaceBridge) {
  Desired desired = deployment(2);
  add_userspace_bridge(desired);
  sweep({desired, std::nullopt}, {kMiddle, kAfter}, "two nodes, one with a userspace bridge");
}

TEST(KillSweep, EveryActionOfAMoveAndARemoval) {
  const Desired before = deployment(3);
  Desired after = before;
  after.workloads.at("vm3").node = "n1";
  after.workloads.erase("vm2");
  after.checks = {{.from = "vm1", .to = "vm3", .order = 0, .places = {}}};
  after.switches.at("ls1").ports.erase("vm2");
  after.switches.erase("ls2");
  sweep({before, after}, {kBefore, kMiddle, kAfter}, "a move and a removal");
}

/// A host loses its power in the middle of every action, comes back, and kiln runs again.
TEST(KillSweep, HostsRebootWhereKilnWasKilled) {
  const Desired desired = deployment(2);
  Lab whole(desired);
  whole.apply();
  whole.verify();
  whole.cluster.settle();
  const std::string state = end_state(whole.cluster);
  std::vector<std::string> wrong;
  for (std::size_t at = 0; at < whole.cluster.sent().size(); ++at) {
    Lab lab(desired);
    lab.cluster.faults().at(at, kMiddle);
    ASSERT_FALSE(apply_until_killed(lab));
    const std::string place = lab.cluster.sent().back();
    const std::string host = place.substr(0, place.find(':'));
    if (host != kController) lab.cluster.power_on(host);
    for (const std::string& what : run_again(lab, state)) wrong.push_back(place + " -> " + what);
  }
  EXPECT_THAT(wrong, IsEmpty());
}

/// Again and again, at places that the seed chooses.
TEST(KillSweep, KilledManyTimesInARow) {
  constexpr FaultKind kKills[] = {kBefore, kMiddle, kAfter};
  const Desired desired = deployment(3);
  Lab whole(desired);
  whole.apply();
  whole.verify();
  whole.cluster.settle();
  const std::string state = end_state(whole.cluster);
  std::vector<std::string> wrong;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Lab lab(desired, seed);
    SeededRandom random(seed);
    for (int kills = 0; kills < 6; ++kills) {
      lab.cluster.faults().clear();
      lab.cluster.faults().at(lab.cluster.sent().size() + random.below(30), kKills[random.below(3)]);
      if (apply_until_killed(lab)) break;
    }
    for (const std::string& what : run_again(lab, state))
      wrong.push_back("seed " + std::to_string(seed) + " -> " + what);
  }
  EXPECT_THAT(wrong, IsEmpty());
}

}  // namespace
}  // namespace kiln::test
