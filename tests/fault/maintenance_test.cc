#include <gmock/gmock.h>

#include <cstdio>

#include "fault/story.h"

// A node is drained and comes back, and all nodes are rebooted one after the other. Killed before, in the
// middle of and after every single action of that, kiln goes on to the same end.

namespace kiln::test::maintenance_test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Database kBoth[] = {Database::northbound, Database::southbound};

Desired drained(const std::string& node) {
  Desired desired = deployment(3);
  desired.nodes.at(node).state = "maintenance";
  return desired;
}

/// The node that leads both databases once three nodes are up: it has made them.
constexpr const char* kLeader = "n1";

void expect_same_end_wherever_it_is_killed(const Story& story) {
  const std::string end = end_of(story);
  std::vector<std::string> wrong;
  std::size_t kills = 0;
  for_each_kill(story, {FaultKind::kill_before, FaultKind::kill_middle, FaultKind::kill_after},
                [&](const FakeCluster& left, FaultKind, const std::string& place) {
                  ++kills;
                  Lab again(story.wanted(), left);
                  for (const std::string& what : run_again(again, end))
                    wrong.push_back(place + " -> " + what);
                });
  std::printf("%s: %zu kill points\n", story.name, kills);
  EXPECT_GT(kills, 8u);
  EXPECT_THAT(wrong, IsEmpty());
}

TEST(Maintenance, DrainsToTheSameEndWhereverItIsKilled) {
  expect_same_end_wherever_it_is_killed(
      {.name = "a drain", .first = deployment(3), .then = drained(kLeader), .seed = 1});
}

TEST(Maintenance, ComesBackToTheSameEndWhereverItIsKilled) {
  expect_same_end_wherever_it_is_killed(
      {.name = "back from a drain", .first = drained(kLeader), .then = deployment(3), .seed = 1});
}

TEST(Maintenance, OthersLeadAndNothingOfTheNodeIsAtWork) {
  Lab lab = Story{.name = "", .first = deployment(3), .then = drained(kLeader)}.begin();
  for (const Database database : kBoth)
    ASSERT_EQ(lab.cluster.raft(database).cluster_of(kLeader)->leader, kLeader);
  lab.apply();
  EXPECT_THAT(run_again(lab), IsEmpty());
  for (const Database database : kBoth) {
    EXPECT_NE(lab.cluster.raft(database).cluster_of(kLeader)->leader, kLeader);
    EXPECT_TRUE(lab.cluster.raft(database).connected(kLeader));
  }
  const FakeHost& host = lab.cluster.host(kLeader);
  EXPECT_FALSE(host.running("ovn-northd.service"));
  EXPECT_FALSE(host.running("ovn-controller.service"));
  EXPECT_TRUE(host.running("ovs-vswitchd.service"));
  EXPECT_EQ(lab.cluster.rows(Database::southbound).uuid_of("Chassis", "name", kLeader), std::nullopt);
}

TEST(Maintenance, ARebootComesUpDrained) {
  Lab lab = Story{.name = "", .first = deployment(3), .then = drained(kLeader)}.begin();
  lab.apply();
  lab.cluster.power_off(kLeader);
  lab.cluster.settle();
  lab.cluster.power_on(kLeader);
  lab.cluster.settle();
  EXPECT_THAT(lab.remaining(), IsEmpty());
}

// From before its first apply on: another one creates the databases, or the node would lead them.
TEST(Maintenance, MayBeSaidFromTheStart) {
  Lab lab(drained("n1"));
  lab.apply();
  EXPECT_THAT(run_again(lab), IsEmpty());
}

std::vector<int> boots(Lab& lab) {
  std::vector<int> all;
  for (const char* node : {"n1", "n2", "n3"}) all.push_back(lab.cluster.host(node).boot);
  return all;
}

TEST(RollingReboot, RebootsEachNodeOnce) {
  Lab lab(deployment(3));
  lab.apply();
  lab.cluster.settle();
  const std::vector<int> before = boots(lab);
  EXPECT_EQ(lab.reboot(), "");
  for (std::size_t node = 0; node < before.size(); ++node) EXPECT_EQ(boots(lab)[node], before[node] + 1);
  EXPECT_THAT(run_again(lab), IsEmpty());
}

TEST(RollingReboot, OnlyThoseThatAreNamed) {
  Lab lab(deployment(3));
  lab.apply();
  lab.cluster.settle();
  const std::vector<int> before = boots(lab);
  EXPECT_EQ(lab.reboot({.only = {"n2", "n3"}, .but = {"n3"}}), "");
  EXPECT_THAT(boots(lab), ElementsAre(before[0], before[1] + 1, before[2]));
}

TEST(RollingReboot, IsRefusedWhileNotAllIsAsTheFileSays) {
  Lab lab(deployment(3));
  lab.apply();
  lab.cluster.settle();
  lab.cluster.power_off("n3");
  lab.cluster.settle();
  EXPECT_THAT(lab.reboot(), HasSubstr("`kiln apply` first"));
}

TEST(RollingReboot, LeavesADrainedNodeDrained) {
  Lab lab(drained("n2"));
  lab.apply();
  ASSERT_THAT(run_again(lab), IsEmpty());
  lab.cluster.settle();
  EXPECT_EQ(lab.reboot(), "");
  EXPECT_FALSE(lab.cluster.host("n2").running("ovn-northd.service"));
}

TEST(RollingReboot, AnApplyMendsWhatAKillLeaves) {
  Lab lab(deployment(3));
  lab.apply();
  lab.cluster.settle();
  const std::string end = end_state(lab.cluster);
  std::vector<std::string> wrong;
  std::size_t kills = 0;
  lab.cluster.on_moment = [&](const FakeCluster& left, FaultKind moment) {
    ++kills;
    const std::string place = std::string(to_string(moment)) + ' ' + left.sent().back();
    Lab again(deployment(3), left);
    again.cluster.settle();
    for (const std::string& what : run_again(again, end)) wrong.push_back(place + " -> " + what);
  };
  lab.reboot();
  std::printf("rolling reboot: %zu kill points\n", kills);
  EXPECT_GT(kills, 20u);
  EXPECT_THAT(wrong, IsEmpty());
}

}  // namespace
}  // namespace kiln::test::maintenance_test
