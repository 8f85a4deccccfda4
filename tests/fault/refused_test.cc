#include <gmock/gmock.h>

#include <cstdio>

#include "fault/story.h"

// Servers refuse their files. One of three joins anew by an apply; two of three are recovered from. Killed
// before, in the middle of and after every single action of that, the same commands lead to the same end.

namespace kiln::test::refused_test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Database kSouthbound = Database::southbound;

/// Three centrals, of which the servers of the southbound on these nodes refuse their files.
Lab spoilt(const std::vector<HostName>& nodes) {
  Lab lab(deployment(3));
  lab.apply();
  for (const HostName& node : nodes) lab.cluster.spoil(node, kSouthbound);
  lab.cluster.settle();
  return lab;
}

/// What is wrong after `mend`, killed at each moment of it and begun again; and how many moments there are.
std::size_t sweep(Lab& lab, const std::string& end, std::vector<std::string> (*mend)(Lab&),
                  std::vector<std::string>& wrong) {
  std::size_t kills = 0;
  lab.cluster.on_moment = [&](const FakeCluster& left, FaultKind moment) {
    const std::string place = std::string(to_string(moment)) + ' ' + left.sent().back();
    Lab again(deployment(3), left);
    if (++kills % 2 == 1) again.cluster.settle();
    for (const std::string& what : mend(again)) wrong.push_back(place + " -> " + what);
    again.cluster.settle();
    if (end_state(again.cluster) != end) wrong.push_back(place + " -> another end state");
  };
  for (const std::string& what : mend(lab)) wrong.push_back("undisturbed -> " + what);
  return kills;
}

std::vector<std::string> by_recovery(Lab& lab) {
  std::vector<std::string> wrong;
  const std::string why = lab.recover(kSouthbound);
  if (!why.empty() && why.find("has its majority") == std::string::npos) wrong.push_back(why);
  for (const std::string& what : run_again(lab)) wrong.push_back(what);
  return wrong;
}

TEST(Refused, OneOfThreeJoinsAnewWhereverItIsKilled) {
  Lab undisturbed = spoilt({"n3"});
  EXPECT_THAT(run_again(undisturbed), IsEmpty());
  undisturbed.cluster.settle();
  EXPECT_EQ(undisturbed.cluster.raft(kSouthbound).cluster_of("n3")->members.size(), 3u);
  const std::string end = end_state(undisturbed.cluster);
  Lab lab = spoilt({"n3"});
  std::vector<std::string> wrong;
  const std::size_t kills = sweep(lab, end, [](Lab& again) { return run_again(again); }, wrong);
  std::printf("refused, one of three: %zu kill points\n", kills);
  EXPECT_GT(kills, 10u);
  EXPECT_THAT(wrong, IsEmpty());
}

TEST(Refused, TwoOfThreeAreRecoveredFromWhereverItIsKilled) {
  Lab undisturbed = spoilt({"n1", "n2"});
  EXPECT_THAT(by_recovery(undisturbed), IsEmpty());
  undisturbed.cluster.settle();
  EXPECT_EQ(undisturbed.cluster.raft(kSouthbound).cluster_of("n1")->members.size(), 3u);
  const std::string end = end_state(undisturbed.cluster);
  Lab lab = spoilt({"n1", "n2"});
  std::vector<std::string> wrong;
  const std::size_t kills = sweep(lab, end, by_recovery, wrong);
  std::printf("refused, two of three: %zu kill points\n", kills);
  EXPECT_GT(kills, 20u);
  EXPECT_THAT(wrong, IsEmpty());
}

TEST(Refused, WithoutAMajorityAnApplyTouchesNoFile) {
  Lab lab = spoilt({"n1", "n2"});
  lab.apply();
  for (const char* node : {"n1", "n2"})
    EXPECT_FALSE(lab.cluster.host(node).databases.at(kSouthbound).refused.empty()) << node;
  EXPECT_EQ(lab.recover(kSouthbound), "");
  EXPECT_THAT(run_again(lab), IsEmpty());
}

TEST(Refused, NobodyIsLetGoWhileAnotherIsDown) {
  Lab lab(deployment(5));
  set_centrals(lab.desired, {"n1", "n2", "n3", "n4", "n5"});
  lab.apply();
  lab.cluster.settle();
  lab.cluster.spoil("n5", kSouthbound);
  lab.cluster.power_off("n4");
  lab.cluster.settle();
  lab.apply();
  EXPECT_EQ(lab.cluster.raft(kSouthbound).cluster_of("n1")->members.size(), 5u);
  lab.cluster.power_on("n4");
  lab.cluster.settle();
  EXPECT_THAT(run_again(lab), IsEmpty());
}

}  // namespace
}  // namespace kiln::test::refused_test
