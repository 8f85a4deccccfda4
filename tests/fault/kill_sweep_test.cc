#include <gmock/gmock.h>

#include <cstdio>
#include <map>
#include <ostream>

#include "fault/story.h"

// kiln is killed before, in the middle of and after every single action; running it again must lead to where
// an undisturbed run leads. The run up to the kill is not repeated: what is left of the cluster is copied in
// passing.

namespace kiln::test::kill_sweep_test {
namespace {

using ::testing::IsEmpty;

constexpr FaultKind kBefore = FaultKind::kill_before;
constexpr FaultKind kMiddle = FaultKind::kill_middle;
constexpr FaultKind kAfter = FaultKind::kill_after;

Story three_nodes(std::uint64_t seed) {
  return {.name = "three nodes", .first = deployment(3), .then = {}, .seed = seed};
}

Story five_nodes(std::uint64_t seed) {
  return {.name = "five nodes", .first = deployment(5), .then = {}, .seed = seed};
}

Story userspace_bridge(std::uint64_t seed) {
  Story story{.name = "a userspace bridge", .first = deployment(2), .then = {}, .seed = seed};
  add_userspace_bridge(story.first);
  return story;
}

Story move_and_removal(std::uint64_t seed) {
  return {.name = "a move and a removal",
          .first = deployment(3),
          .then = after_a_move(deployment(3)),
          .seed = seed};
}

Story growth(std::uint64_t seed) {
  return {.name = "from one node to three", .first = deployment(1), .then = deployment(3), .seed = seed};
}

Story with_centrals(std::uint64_t seed, const char* name, const std::vector<std::string>& first,
                    const std::vector<std::string>& then) {
  Story story{.name = name, .first = deployment(4), .then = deployment(4), .seed = seed};
  set_centrals(story.first, first);
  set_centrals(*story.then, then);
  return story;
}

Story central_moves(std::uint64_t seed) {
  return with_centrals(seed, "a central moves", {"n1", "n2", "n3"}, {"n2", "n3", "n4"});
}

Story all_centrals_move(std::uint64_t seed) {
  return with_centrals(seed, "all centrals move", {"n1", "n2"}, {"n3", "n4"});
}

Story centrals_shrink(std::uint64_t seed) {
  return with_centrals(seed, "from three centrals to one", {"n1", "n2", "n3"}, {"n2"});
}

Story timer_rises(std::uint64_t seed) {
  Story story{
      .name = "the election timer rises", .first = deployment(3), .then = deployment(3), .seed = seed};
  story.first.central.election_timer_ms = 1000;
  story.then->central.election_timer_ms = 20000;
  return story;
}

/// n3 becomes a central alone, n4 leaves, and n2's bridge goes.
Story services_leave(std::uint64_t seed) {
  Story story{.name = "services and a node leave", .first = deployment(4), .then = {}, .seed = seed};
  for (const char* gone : {"vm3", "vm4"}) {
    story.first.workloads.erase(gone);
    story.first.switches.at("ls1").ports.erase(gone);
    std::erase_if(story.first.checks, [&](const CheckSpec& check) { return check.to == gone; });
  }
  set_centrals(story.first, {"n1", "n3", "n4"});
  story.then = story.first;
  add_userspace_bridge(story.first);
  story.then->nodes.at("n3").services = {"central"};
  leave(story.then->nodes.at("n4"));
  return story;
}

/// n4, a central and a chassis, is simply no longer in the file, and what it put aside is to be wiped.
Story a_node_is_deleted(std::uint64_t seed) {
  Story story = services_leave(seed);
  story.name = "a node is deleted";
  story.then = story.first;
  story.then->nodes.erase("n4");
  story.then->purge = true;
  return story;
}

/// n3, a central and a chassis, has two addresses, and the file comes to name the other.
Story an_address_changes(std::uint64_t seed) {
  Story story{.name = "an address changes", .first = deployment(3), .then = deployment(3), .seed = seed};
  for (Desired* desired : {&story.first, &*story.then}) {
    desired->nodes.at("n3").encap.ip.clear();
    desired->nodes.at("n3").encap.ips = {"10.0.1.13", "192.0.2.13"};
  }
  story.then->nodes.at("n3").address = "10.0.1.13";
  return story;
}

/// The same with a node that comes back.
Story a_node_comes_back(std::uint64_t seed) {
  Story story = services_leave(seed);
  story.name = "a node comes back";
  std::swap(story.first, *story.then);
  return story;
}

/// Levels change, some go, and those of two daemons go wholly; one of them leaves its host.
Story logging_changes(std::uint64_t seed) {
  Story story{.name = "logging changes", .first = deployment(2), .then = {}, .seed = seed};
  LoggingSpec& logging = story.first.logging;
  logging.nb.levels = {"raft:file:dbg"};
  logging.ovn_northd.levels = {"any:syslog:info"};
  logging.ovn_controller.levels = {"any:syslog:info", "pinctrl:file:dbg"};
  logging.ovs_vswitchd.levels = {"bridge:any:dbg"};
  story.then = story.first;
  set_centrals(story.first, {"n1", "n2"});
  set_centrals(*story.then, {"n1"});
  story.then->logging.sb.levels = {"raft:file:warn"};
  story.then->logging.ovn_controller.levels = {"any:syslog:warn", "binding:file:dbg"};
  story.then->logging.ovs_vswitchd.levels = {};
  return story;
}

struct Sweep {
  const char* name;
  Story (*story)(std::uint64_t seed);
  std::uint64_t seed;
  std::vector<FaultKind> moments;
};

void PrintTo(const Sweep& sweep, std::ostream* to) {
  *to << sweep.name;
}

class KillSweep : public ::testing::TestWithParam<Sweep> {};

TEST_P(KillSweep, LeadsToTheSameEnd) {
  const Story story = GetParam().story(GetParam().seed);
  const std::string end = end_of(story);
  std::vector<std::string> wrong;
  std::size_t kills = 0;
  for_each_kill(story, GetParam().moments, [&](const FakeCluster& left, FaultKind, const std::string& place) {
    Lab lab(story.wanted(), left, story.seed);
    // Some time may pass until somebody runs kiln again, or none.
    if (++kills % 2 == 1) lab.cluster.settle();
    for (const std::string& what : run_again(lab, end)) wrong.push_back(place + " -> " + what);
  });
  std::printf("%s: %zu kill points\n", GetParam().name, kills);
  EXPECT_GT(kills, 10u);
  EXPECT_THAT(wrong, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Stories, KillSweep,
    ::testing::Values(Sweep{"ThreeNodesBefore", three_nodes, 1, {kBefore}},
                      Sweep{"ThreeNodesMiddle", three_nodes, 1, {kMiddle}},
                      Sweep{"ThreeNodesAfter", three_nodes, 1, {kAfter}},
                      Sweep{"ThreeNodesInAnotherOrder", three_nodes, 2, {kBefore, kMiddle, kAfter}},
                      Sweep{"FiveNodesBefore", five_nodes, 3, {kBefore}},
                      Sweep{"FiveNodesMiddle", five_nodes, 3, {kMiddle}},
                      Sweep{"FiveNodesAfter", five_nodes, 3, {kAfter}},
                      Sweep{"UserspaceBridge", userspace_bridge, 1, {kBefore, kMiddle, kAfter}},
                      Sweep{"MoveAndRemoval", move_and_removal, 1, {kBefore, kMiddle, kAfter}},
                      Sweep{"MoveAndRemovalInAnotherOrder", move_and_removal, 2, {kBefore, kMiddle, kAfter}},
                      Sweep{"Growth", growth, 1, {kBefore, kMiddle, kAfter}},
                      Sweep{"TimerRises", timer_rises, 1, {kBefore, kMiddle, kAfter}},
                      Sweep{"ServicesLeave", services_leave, 1, {kBefore, kMiddle, kAfter}},
                      Sweep{"NodeComesBack", a_node_comes_back, 1, {kBefore, kMiddle, kAfter}},
                      Sweep{"NodeDeleted", a_node_is_deleted, 1, {kBefore, kMiddle, kAfter}},
                      Sweep{"AddressChanges", an_address_changes, 1, {kBefore, kMiddle, kAfter}},
                      Sweep{"LoggingChanges", logging_changes, 1, {kBefore, kMiddle, kAfter}},
                      Sweep{"CentralMoves", central_moves, 1, {kBefore, kMiddle, kAfter}},
                      Sweep{"AllCentralsMove", all_centrals_move, 1, {kBefore, kMiddle, kAfter}},
                      Sweep{"CentralsShrink", centrals_shrink, 1, {kBefore, kMiddle, kAfter}}),
    [](const auto& param) { return std::string(param.param.name); });

/// What is copied in passing is what a kill leaves: tried with real ones.
TEST(KillPoint, CopiesAreWhatAKillLeaves) {
  const Story story = three_nodes(1);
  std::size_t visited = 0;
  std::vector<std::string> wrong;
  for_each_kill(story, {kBefore, kMiddle, kAfter},
                [&](const FakeCluster& left, FaultKind moment, const std::string& place) {
                  if (++visited % 13 != 0) return;
                  Lab killed(story.first, story.seed);
                  killed.cluster.faults().at(left.sent().size() - 1, moment);
                  if (apply_until_killed(killed)) wrong.push_back(place + ": not killed");
                  if (end_state(killed.cluster) != end_state(left) || killed.cluster.sent() != left.sent())
                    wrong.push_back(place);
                });
  EXPECT_THAT(wrong, IsEmpty());
}

/// A host loses its power in the middle of every action, comes back, and kiln runs again.
TEST(KillPoint, HostsRebootWhereKilnWasKilled) {
  const Story story = three_nodes(1);
  const std::string end = end_of(story);
  std::vector<std::string> wrong;
  std::size_t reboots = 0;
  for_each_kill(story, {kMiddle}, [&](const FakeCluster& left, FaultKind, const std::string& place) {
    Lab lab(story.first, left, story.seed);
    const std::string& last = left.sent().back();
    const std::string host = last.substr(0, last.find(':'));
    if (host == kController) return;
    lab.cluster.power_on(host);
    ++reboots;
    for (const std::string& what : run_again(lab, end)) wrong.push_back(place + " -> " + what);
  });
  std::printf("reboots: %zu kill points\n", reboots);
  EXPECT_THAT(wrong, IsEmpty());
}

/// Whoever sees what a killed run has begun may want it back: the file says again what it said before.
class TurnedBack : public ::testing::TestWithParam<Sweep> {};

TEST_P(TurnedBack, LeadsBackFromWhereverItWasKilled) {
  const Story story = GetParam().story(GetParam().seed);
  std::vector<std::string> wrong;
  std::size_t kills = 0;
  for_each_kill(story, GetParam().moments, [&](const FakeCluster& left, FaultKind, const std::string& place) {
    Lab lab(story.first, left, story.seed);
    ++kills;
    lab.cluster.settle();  // a server that was joining is a member by then
    for (const std::string& what : run_again(lab)) wrong.push_back(place + " -> " + what);
  });
  std::printf("turned back, %s: %zu kill points\n", GetParam().name, kills);
  EXPECT_GT(kills, 10u);
  EXPECT_THAT(wrong, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Stories, TurnedBack,
                         ::testing::Values(Sweep{"MoveAndRemoval", move_and_removal, 1, {kMiddle}},
                                           Sweep{"Growth", growth, 1, {kAfter}},
                                           Sweep{"CentralMoves", central_moves, 1, {kMiddle, kAfter}},
                                           Sweep{"AllCentralsMove", all_centrals_move, 1, {kAfter}},
                                           Sweep{"CentralsShrink", centrals_shrink, 1, {kAfter}}),
                         [](const auto& param) { return std::string(param.param.name); });

/// Every action of a bring-up is sent twice more by hand: nothing is different after that.
TEST(KillPoint, EveryActionMayBeSentTwice) {
  const Story story = three_nodes(1);
  std::vector<std::string> wrong;
  std::size_t actions = 0;
  Lab lab = story.begin();
  const Plan plan = lab.plan().plan;
  std::map<std::string, const Action*> by_text;
  for (const Step& step : plan.steps)
    for (const Action& action : step.actions)
      if (step.host != kCluster) by_text[step.host + ": " + describe(action)] = &action;
  lab.cluster.on_moment = [&](const FakeCluster& left, FaultKind moment) {
    const auto action = by_text.find(left.sent().back());
    if (moment != kAfter || action == by_text.end()) return;
    FakeCluster twice(left);
    const std::string host = action->first.substr(0, action->first.find(':'));
    ++actions;
    if (!twice.act(host, *action->second, Duration{1000})) wrong.push_back(action->first + ": refused");
    if (end_state(twice) != end_state(left)) wrong.push_back(action->first);
  };
  lab.execute(plan);
  std::printf("sent twice: %zu actions\n", actions);
  EXPECT_THAT(wrong, IsEmpty());
}

/// Again and again, at places that the seed chooses.
class KilledManyTimes : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(KilledManyTimes, LeadsToTheSameEnd) {
  constexpr FaultKind kKills[] = {kBefore, kMiddle, kAfter};
  const Story story = three_nodes(1);
  const std::string end = end_of(story);
  std::vector<std::string> wrong;
  std::size_t kills = 0;
  for (std::uint64_t seed = GetParam(); seed < GetParam() + 100; ++seed) {
    Lab lab(story.first, seed);
    SeededRandom random(seed);
    for (int time = 0; time < 6; ++time) {
      lab.cluster.faults().clear();
      lab.cluster.faults().at(lab.cluster.sent().size() + random.below(30), kKills[random.below(3)]);
      if (apply_until_killed(lab)) break;
      ++kills;
    }
    for (const std::string& what : run_again(lab, end))
      wrong.push_back("seed " + std::to_string(seed) + " -> " + what);
  }
  std::printf("killed many times: %zu kill points\n", kills);
  EXPECT_THAT(wrong, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Seeds, KilledManyTimes, ::testing::Values(1, 101));

}  // namespace
}  // namespace kiln::test::kill_sweep_test
