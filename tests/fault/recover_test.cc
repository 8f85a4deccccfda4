#include <gmock/gmock.h>

#include <cstdio>

#include "fault/story.h"

// Two of three centrals are gone for good. What is left is made anew; killed before, in the middle of and
// after every single action of that, the same commands lead to the same end.

namespace kiln::test::recover_test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Database kBoth[] = {Database::northbound, Database::southbound};

/// As an operator does it: both databases, then until nothing is put off. What is wrong then.
std::vector<std::string> recover_all(Lab& lab) {
  std::vector<std::string> wrong;
  for (const Database database : kBoth) {
    const std::string why = lab.recover(database);
    // One that a run before this one has completed.
    if (!why.empty() && why.find("has its majority") == std::string::npos) wrong.push_back(why);
  }
  for (const std::string& what : run_again(lab)) wrong.push_back(what);
  return wrong;
}

TEST(Recover, LeadsToTheSameEndWhereverItIsKilled) {
  Lab undisturbed = survivor();
  EXPECT_THAT(recover_all(undisturbed), IsEmpty());
  undisturbed.cluster.settle();
  const std::string end = end_state(undisturbed.cluster);
  Lab lab = survivor();
  std::vector<std::string> wrong;
  std::size_t kills = 0;
  lab.cluster.on_moment = [&](const FakeCluster& left, FaultKind moment) {
    const std::string place = std::string(to_string(moment)) + ' ' + left.sent().back();
    Lab again(without_two(), left);
    if (++kills % 2 == 1) again.cluster.settle();
    for (const std::string& what : recover_all(again)) wrong.push_back(place + " -> " + what);
    again.cluster.settle();
    if (end_state(again.cluster) != end) wrong.push_back(place + " -> another end state");
  };
  recover_all(lab);
  std::printf("recover: %zu kill points\n", kills);
  EXPECT_GT(kills, 20u);
  EXPECT_THAT(wrong, IsEmpty());
}

TEST(Recover, KeepsTheRowsAndTheOldFile) {
  Lab lab = survivor();
  const ovsdb::Table before = lab.cluster.rows(Database::northbound).table("Logical_Switch_Port");
  EXPECT_EQ(lab.recover(Database::northbound), "");
  EXPECT_EQ(lab.cluster.rows(Database::northbound).table("Logical_Switch_Port"), before);
  EXPECT_EQ(lab.cluster.host("n1").databases.at(Database::northbound).replaced.size(), 1u);
}

TEST(Recover, IsRefusedWhileAMajorityMayComeBack) {
  Lab lab = survivor();
  lab.desired = deployment(3);
  EXPECT_THAT(lab.recover(Database::northbound), HasSubstr("n2 may come back"));
  lab.cluster.power_on("n2");
  lab.cluster.settle();
  EXPECT_THAT(lab.recover(Database::northbound), HasSubstr("may come back"));
  lab.cluster.power_on("n3");
  lab.cluster.settle();
  EXPECT_THAT(lab.recover(Database::northbound), HasSubstr("has its majority"));
}

/// One that was thought dead has a file of the cluster that was replaced: it joins the new one.
TEST(Recover, AMachineThatComesBackJoinsAnew) {
  Lab lab = survivor();
  ASSERT_THAT(recover_all(lab), IsEmpty());
  lab.cluster.power_on("n2");
  lab.cluster.settle();
  auto node = lab.desired.dead.extract("n2");
  node.mapped().state = "present";
  lab.desired.nodes.insert(std::move(node));
  EXPECT_THAT(recover_all(lab), IsEmpty());
  EXPECT_EQ(lab.cluster.raft(Database::northbound).cluster_of("n1")->members.size(), 2u);
}

}  // namespace
}  // namespace kiln::test::recover_test
