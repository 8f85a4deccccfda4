#include <gmock/gmock.h>

#include <algorithm>
#include <functional>

#include "fault/story.h"

// Members of the databases come, go, stop and fail while a run is under way: what touches a quorum looks at
// it at the moment it acts.

namespace kiln::test::quorum_test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;

constexpr Database kNb = Database::northbound;
constexpr Database kSb = Database::southbound;

bool was_sent(const FakeCluster& cluster, const std::string& text) {
  return std::ranges::any_of(cluster.sent(),
                             [&](const std::string& line) { return line.find(text) != std::string::npos; });
}

/// Calls `act` once, the first time that anything sleeps after an action whose text holds `after`.
void when_sent(Lab& lab, const std::string& after, std::function<void()> act) {
  const auto tick = lab.cluster.time().on_sleep;
  lab.cluster.time().on_sleep = [&lab, tick, after, act = std::move(act), done = false]() mutable {
    if (!done && was_sent(lab.cluster, after)) {
      done = true;
      act();
    }
    tick();
  };
}

Lab centrals(int nodes, const std::vector<std::string>& names) {
  Desired desired = deployment(nodes);
  set_centrals(desired, names);
  Lab lab(desired);
  lab.apply();
  lab.cluster.settle();
  return lab;
}

std::string unit_of(Database database) {
  return std::string(server_unit(database));
}

TEST(QuorumGuard, NobodyLeavesOnceAnotherHasStopped) {
  Lab lab = centrals(3, {"n1", "n2", "n3"});
  set_centrals(lab.desired, {"n1", "n2"});
  const Plan plan = lab.plan().plan;
  lab.cluster.by_hand("n2", {unit_of(kNb), UnitVerb::stop});
  lab.cluster.by_hand("n2", {unit_of(kSb), UnitVerb::stop});
  const std::vector<std::string> failed = steps_with(lab.execute(plan), StepStatus::failed);
  EXPECT_THAT(failed, Contains(AllOf(HasSubstr("database/n3/nb:leave"),
                                     HasSubstr("does not hear n2 (ssl:192.0.2.12:6643)"))));
  EXPECT_THAT(lab.cluster.sent(), Not(Contains(HasSubstr("leave OVN"))));
  EXPECT_THAT(lab.cluster.oracle().violations(), IsEmpty());
  // Once it is back the same file leads to what it says.
  EXPECT_THAT(run_again(lab), IsEmpty());
}

TEST(QuorumGuard, NobodyIsRestartedOnceAnotherHasStopped) {
  Lab lab = centrals(3, {"n1", "n2", "n3"});
  lab.cluster.host("n1").files.erase("/etc/kiln/ovn-sb.env");
  lab.cluster.power_on("n1");
  lab.cluster.settle();
  const Plan plan = lab.plan().plan;
  lab.cluster.power_off("n3");
  lab.cluster.settle();
  lab.execute(plan);
  EXPECT_THAT(lab.cluster.oracle().violations(), IsEmpty());
  EXPECT_THAT(lab.cluster.sent(), Not(Contains(HasSubstr("n1: restart " + unit_of(kSb)))));
  lab.cluster.power_on("n3");
  lab.cluster.settle();
  EXPECT_THAT(run_again(lab), IsEmpty());
}

/// Somebody else let a member go meanwhile: two of three are left, and the plan knew three.
TEST(QuorumGuard, MembersThatAreNotThoseOfThePlanEndIt) {
  Lab lab = centrals(4, {"n1", "n2", "n3"});
  set_centrals(lab.desired, {"n1", "n2", "n4"});
  const Plan plan = lab.plan().plan;
  FakeRaft& raft = lab.cluster.raft(kNb);
  const FakeDatabaseFile& file = lab.cluster.host("n2").databases.at(kNb);
  ASSERT_TRUE(raft.kick("n1", {kNb, file.server_id.substr(0, 4), file.local_address}).has_value());
  const std::vector<std::string> failed = steps_with(lab.execute(plan), StepStatus::failed);
  EXPECT_THAT(failed, Contains(AllOf(HasSubstr("database/n4/nb:join"), HasSubstr("n2"),
                                     HasSubstr("is no member any more"))));
  EXPECT_EQ(raft.cluster_of("n1")->members.size(), 2U);
}

TEST(QuorumGuard, ADatabaseIsNotMadeOnceThereIsOne) {
  Lab lab(deployment(2));
  const Plan plan = lab.plan().plan;
  Desired other = lab.desired;
  set_centrals(other, {"n2"});
  Lab meanwhile(other, lab.cluster);
  meanwhile.apply();
  Lab late(lab.desired, meanwhile.cluster);
  const std::vector<std::string> failed = steps_with(late.execute(plan), StepStatus::failed);
  EXPECT_THAT(failed, Contains(AllOf(HasSubstr("database/n1/nb:create"), HasSubstr("there is one on n2"))));
  EXPECT_THAT(late.cluster.oracle().violations(), IsEmpty());
  EXPECT_EQ(late.cluster.raft(kNb).clusters().size(), 1U);
}

/// A central loses its power while another reboots: the next one stays up. The leader is the last of the
/// three.
TEST(QuorumGuard, TheNextRebootWaitsForBothDatabases) {
  Lab lab = centrals(3, {"n1", "n2", "n3"});
  when_sent(lab, "n2: systemctl reboot", [&] { lab.cluster.power_off("n1"); });
  const std::string why = lab.reboot();
  EXPECT_THAT(why, HasSubstr("n1"));
  EXPECT_THAT(lab.cluster.sent(), Contains(HasSubstr("n2: systemctl reboot")));
  EXPECT_THAT(lab.cluster.sent(), Not(Contains(HasSubstr("n3: systemctl reboot"))));
  EXPECT_THAT(lab.cluster.oracle().violations(), IsEmpty());
  EXPECT_TRUE(lab.cluster.raft(kNb).connected("n3"));
}

/// Three of five centrals have lost their power.
TEST(WithoutAQuorum, NothingThatNeedsOneIsBegun) {
  Lab lab = centrals(5, {"n1", "n2", "n3", "n4", "n5"});
  for (const char* node : {"n3", "n4", "n5"}) lab.cluster.power_off(node);
  lab.cluster.settle();
  lab.desired.switches["ls3"].name = "ls3";
  lab.desired.nodes.at("n1").encap.ip = "10.0.1.99";
  lab.desired.central.northd_threads = 4;
  const Plan plan = lab.plan().plan;
  const std::string why = "OVN_Southbound has lost its majority: 2 of its 5 members are on nodes that answer";
  EXPECT_THAT(changes_of(plan), Contains("chassis/n1 defer: (" + why + ')'));
  EXPECT_THAT(changes_of(plan),
              Contains(AllOf(HasSubstr("northd/n2 defer"), HasSubstr("has lost its majority"))));
  EXPECT_THAT(plan.steps, IsEmpty());
}

/// Whether the deployment knows of it cannot be told, and cannot be written down.
TEST(WithoutAQuorum, ANewNodeIsNotTouched) {
  Desired whole = deployment(5);
  set_centrals(whole, {"n1", "n2", "n3"});
  Lab lab(whole);
  lab.desired.nodes.erase("n5");
  lab.apply();
  lab.desired = whole;
  for (const char* node : {"n2", "n3"}) lab.cluster.power_off(node);
  lab.cluster.settle();
  const Plan plan = lab.plan().plan;
  EXPECT_THAT(changes_of(plan), Contains(AllOf(HasSubstr("mark/n5 defer"), HasSubstr("node/n5"))));
  EXPECT_THAT(plan.steps, IsEmpty());
  for (const char* node : {"n2", "n3"}) lab.cluster.power_on(node);
  lab.cluster.settle();
  EXPECT_THAT(run_again(lab), IsEmpty());
  EXPECT_THAT(lab.cluster.host("n5").content("/etc/kiln/deployment"), HasSubstr("KILN_DEPLOYMENT="));
}

/// They lose it between plan and apply: no row is sent, and no step waits for long after the first one did.
TEST(WithoutAQuorum, NoRowsAreSent) {
  Lab lab = centrals(5, {"n1", "n2", "n3", "n4", "n5"});
  lab.desired.switches["ls3"].name = "ls3";
  lab.desired.central.inactivity_probe_ms = 30000;
  const Plan plan = lab.plan().plan;
  ASSERT_GE(plan.steps.size(), 3U);
  const std::size_t before = lab.cluster.sent().size();
  for (const char* node : {"n3", "n4", "n5"}) lab.cluster.power_off(node);
  lab.cluster.settle();
  const Duration start = lab.cluster.time().monotonic();
  EXPECT_THAT(steps_with(lab.execute(plan), StepStatus::done), IsEmpty());
  EXPECT_EQ(lab.cluster.sent().size(), before);
  EXPECT_LE(lab.cluster.time().monotonic() - start, Duration{130000});  // a minute for each database
}

/// Its disk was full for a moment: its server serves nothing any more.
TEST(FailedMember, IsRestartedWhileTheOthersAreAMajority) {
  Lab lab = centrals(3, {"n1", "n2", "n3"});
  lab.cluster.host("n3").databases.at(kNb).failed = true;
  lab.cluster.settle();
  EXPECT_THAT(lab.remaining(), Contains(HasSubstr("database/n3/nb update: status")));
  EXPECT_THAT(run_again(lab), IsEmpty());
  EXPECT_TRUE(lab.cluster.raft(kNb).connected("n3"));
}

TEST(FailedMember, IsLeftAloneWhileAnotherIsDown) {
  Lab lab = centrals(5, {"n1", "n2", "n3", "n4", "n5"});
  lab.cluster.host("n3").databases.at(kNb).failed = true;
  lab.cluster.power_off("n5");
  lab.cluster.settle();
  EXPECT_THAT(lab.remaining(), Contains(AllOf(HasSubstr("database/n3/nb defer"), HasSubstr("n5"))));
  lab.apply();
  EXPECT_TRUE(lab.cluster.host("n3").databases.at(kNb).failed);
  lab.cluster.power_on("n5");
  lab.cluster.settle();
  EXPECT_THAT(run_again(lab), IsEmpty());
}

TEST(Stranger, IsLetGoByItsIdWhileAMajorityIsThere) {
  Lab lab = centrals(3, {"n1", "n2", "n3"});
  lab.cluster.raft(kNb).let_in("n1", "ffff0000-0000-4000-8000-000000000000", "ssl:192.0.2.99:6643");
  EXPECT_THAT(lab.remaining(), Contains(HasSubstr("database/ffff/nb remove")));
  EXPECT_THAT(run_again(lab), IsEmpty());
  EXPECT_EQ(lab.cluster.raft(kNb).cluster_of("n1")->members.size(), 3U);
}

/// RAFT tells four digits of an id.
TEST(Stranger, OfTwoWhoseIdsBeginAlikeBothAreLetGo) {
  Lab lab = centrals(3, {"n1", "n2", "n3"});
  lab.cluster.raft(kNb).let_in("n1", "ffff0000-0000-4000-8000-000000000000", "ssl:192.0.2.98:6643");
  lab.cluster.raft(kNb).let_in("n1", "ffff1111-0000-4000-8000-000000000000", "ssl:192.0.2.99:6643");
  EXPECT_THAT(lab.remaining(), IsSupersetOf({HasSubstr("database/ffff@192.0.2.98:6643/nb remove"),
                                             HasSubstr("database/ffff@192.0.2.99:6643/nb remove")}));
  EXPECT_THAT(run_again(lab), IsEmpty());
  EXPECT_EQ(lab.cluster.raft(kNb).cluster_of("n1")->members.size(), 3U);
}

/// A node that does not answer may be who it is.
TEST(Stranger, IsLeftAloneWhileANodeDoesNotAnswer) {
  Lab lab = centrals(3, {"n1", "n2", "n3"});
  lab.cluster.raft(kNb).let_in("n1", "ffff0000-0000-4000-8000-000000000000", "ssl:192.0.2.99:6643");
  lab.cluster.host("n3").reachable = false;
  lab.apply();
  EXPECT_EQ(lab.cluster.raft(kNb).cluster_of("n1")->members.size(), 4U);
}

/// Two strangers of five that went away: no majority, and no node to call dead.
TEST(Stranger, ThatIsGoneIsForgottenByARecovery) {
  Lab lab = centrals(2, {"n1", "n2"});
  lab.cluster.raft(kNb).let_in("n1", "eeee0000-0000-4000-8000-000000000000", "ssl:192.0.2.98:6643");
  lab.cluster.raft(kNb).let_in("n1", "ffff0000-0000-4000-8000-000000000000", "ssl:192.0.2.99:6643");
  lab.cluster.settle();
  EXPECT_THAT(lab.recover(kNb), AllOf(HasSubstr("--forget eeee"), HasSubstr("--forget ffff")));
  EXPECT_THAT(lab.recover(kNb, {"eeee"}), AllOf(Not(HasSubstr("--forget eeee")), HasSubstr("--forget ffff")));
  EXPECT_THAT(lab.recover(kNb, {"eeee", "ffff", "dddd"}), HasSubstr("--forget dddd"));
  EXPECT_EQ(lab.recover(kNb, {"eeee", "ffff"}), "");
  EXPECT_THAT(run_again(lab), IsEmpty());
  EXPECT_EQ(lab.cluster.raft(kNb).cluster_of("n1")->members.size(), 2U);
}

}  // namespace
}  // namespace kiln::test::quorum_test
