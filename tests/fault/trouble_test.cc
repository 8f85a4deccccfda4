#include <gmock/gmock.h>

#include <cstdio>
#include <set>

#include "fault/story.h"

// One trouble at a time: each is reported for what it is, does no harm, and when it is over an apply mends
// everything.

namespace kiln::test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// The fault at every action of a bring-up of two nodes, one run each.
class AtEveryAction : public ::testing::TestWithParam<FaultKind> {};

TEST_P(AtEveryAction, IsHonestAndMends) {
  const Desired desired = deployment(2);
  Lab whole(desired);
  whole.apply();
  const std::size_t actions = whole.cluster.sent().size();
  std::vector<std::string> wrong;
  for (std::size_t at = 0; at < actions; ++at) {
    Lab lab(desired);
    lab.cluster.faults().at(at, GetParam());
    const engine::Planned planned = lab.plan();
    const Report report = lab.execute(planned.plan);
    const std::string place = std::string(to_string(GetParam())) + ' ' + lab.cluster.sent()[at] + " -> ";
    for (const std::string& what : dishonest(planned.plan, report)) wrong.push_back(place + what);
    for (const std::string& what : run_again(lab)) wrong.push_back(place + what);
  }
  std::printf("%s: %zu faults\n", to_string(GetParam()), actions);
  EXPECT_THAT(wrong, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Kinds, AtEveryAction,
                         ::testing::Values(FaultKind::lost_reply, FaultKind::duplicated, FaultKind::delayed,
                                           FaultKind::disk_full, FaultKind::denied, FaultKind::unreachable),
                         [](const auto& param) {
                           std::string name = to_string(param.param);
                           std::erase(name, ' ');
                           return name;
                         });

/// A plan from answers that ended early touches nothing that it does not know: on fresh hosts, on hosts where
/// kiln was killed, and where all is well.
TEST(Trouble, AnswersThatEndEarly) {
  const Story story{.name = "truncated", .first = deployment(3), .then = {}, .seed = 1};
  const std::string end = end_of(story);
  std::vector<std::string> wrong;
  std::size_t runs = 0;
  std::size_t cut = 0;
  for_each_kill(story, {FaultKind::kill_middle},
                [&](const FakeCluster& left, FaultKind, const std::string& place) {
                  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
                    Lab lab(story.first, left, seed);
                    lab.cluster.faults().truncate_looks(runs, 1 + seed);
                    const engine::Planned planned = lab.plan();
                    lab.cluster.faults().clear();
                    const Report report = lab.execute(planned.plan);
                    cut += lab.cluster.faults().met();
                    ++runs;
                    for (const std::string& what : dishonest(planned.plan, report))
                      wrong.push_back(place + " -> " + what);
                    for (const std::string& what : run_again(lab, end))
                      wrong.push_back(place + " -> " + what);
                  }
                });
  std::printf("truncated: %zu runs, %zu answers cut\n", runs, cut);
  EXPECT_GT(cut, runs / 2);
  EXPECT_THAT(wrong, IsEmpty());
}

/// What cannot be known is put off with its reason, and nothing is done about it.
TEST(Trouble, SudoThatSaysNoOnOneHost) {
  Lab lab(deployment(3));
  lab.cluster.faults().deny("n2");
  const engine::Planned planned = lab.plan();
  for (const Change& change : planned.plan.changes)
    if (change.host == "n2") {
      EXPECT_EQ(change.verb, Verb::defer) << change.id.text();
    }
  const Report report = lab.execute(planned.plan);
  EXPECT_THAT(dishonest(planned.plan, report), IsEmpty());
  EXPECT_THAT(lab.cluster.sent(), Each(Not(testing::StartsWith("n2:"))));
  EXPECT_THAT(lab.remaining(), Contains(HasSubstr("a password is required")));
  EXPECT_THAT(run_again(lab), IsEmpty());
}

TEST(Trouble, SudoThatBeginsToSayNoInTheMiddleOfARun) {
  for (std::size_t at = 3; at < 130; at += 7) {
    Lab lab(deployment(3));
    const engine::Planned planned = lab.plan();
    lab.cluster.on_moment = [&](const FakeCluster& left, FaultKind moment) {
      if (moment == FaultKind::kill_before && left.sent().size() == at) lab.cluster.faults().deny("n1");
    };
    const Report report = lab.execute(planned.plan);
    lab.cluster.on_moment = nullptr;
    EXPECT_THAT(steps_with(report, StepStatus::failed), Not(IsEmpty())) << at;
    EXPECT_THAT(dishonest(planned.plan, report), IsEmpty());
    EXPECT_THAT(run_again(lab), IsEmpty()) << at;
  }
}

TEST(Trouble, ADiskThatIsFullForAWhile) {
  for (const char* host : {"n1", "n2", "n3"}) {
    Lab lab(deployment(3));
    lab.cluster.faults().fill_disk(host);
    const engine::Planned planned = lab.plan();
    const Report report = lab.execute(planned.plan);
    EXPECT_THAT(steps_with(report, StepStatus::failed),
                AllOf(Not(IsEmpty()), Each(HasSubstr("No space left on device"))));
    EXPECT_THAT(dishonest(planned.plan, report), IsEmpty());
    EXPECT_THAT(run_again(lab), IsEmpty()) << host;
  }
}

bool reports_the_clock(const Diags& diags, const std::string& host) {
  for (const Diag& diag : diags.all())
    if (diag.slug == "clock-off" && diag.severity == Severity::error &&
        diag.message.find(host) != std::string::npos)
      return true;
  return false;
}

/// Hours off, either way, before and after the deployment: it is an error, which keeps apply from running.
/// Were it run all the same, it would come to an end, and be over once the clock is right.
TEST(Trouble, AClockThatIsHoursOffIsReported) {
  for (const int hours : {-30, -5, 5, 30})
    for (const bool deployed : {false, true}) {
      Lab lab(deployment(3));
      if (deployed) lab.apply();
      lab.cluster.host("n2").clock_skew = std::chrono::hours(hours);
      const engine::Planned planned = lab.plan();
      EXPECT_TRUE(reports_the_clock(planned.diags, "n2")) << hours;
      for (int run = 0; run < 3; ++run) {
        lab.apply();
        EXPECT_TRUE(reports_the_clock(lab.plan().diags, "n2")) << hours;
      }
      lab.cluster.host("n2").clock_skew = {};
      EXPECT_FALSE(lab.plan().diags.has_errors());
      EXPECT_THAT(run_again(lab), IsEmpty()) << hours;
    }
}

/// What is not reported is harmless.
TEST(Trouble, AClockThatIsAlmostRightConverges) {
  for (const int seconds : {-59, 59}) {
    Lab lab(deployment(3));
    lab.cluster.host("n2").clock_skew = std::chrono::seconds(seconds);
    EXPECT_FALSE(lab.plan().diags.has_errors());
    lab.apply();
    EXPECT_THAT(run_again(lab), IsEmpty()) << seconds;
    EXPECT_THAT(lab.remaining(), IsEmpty()) << seconds;
  }
}

/// Steps end in any order; where they lead is the same.
TEST(Trouble, AnyOrderOfCompletionLeadsToTheSameEnd) {
  const std::string end = end_of({.name = "", .first = deployment(3), .then = {}, .seed = 1});
  std::vector<std::string> wrong;
  std::set<std::vector<std::string>> orders;
  for (std::uint64_t seed = 2; seed <= 200; ++seed) {
    Lab lab(deployment(3), seed);
    lab.apply();
    orders.insert(lab.cluster.sent());
    for (const std::string& what : run_again(lab, end))
      wrong.push_back("seed " + std::to_string(seed) + ": " + what);
  }
  std::printf("orders of completion: %zu\n", orders.size());
  EXPECT_GT(orders.size(), 190u);
  EXPECT_THAT(wrong, IsEmpty());
}

/// Behind n1's address is n2's machine, and the other way round. Members of a database know their own
/// address, so that centrals are noticed and left alone.
TEST(Trouble, CentralsThatChangedPlacesAreNotMerged) {
  Lab lab(deployment(3));
  lab.apply();
  lab.cluster.exchange("n1", "n2");
  const std::vector<std::string> changes = lab.remaining();
  EXPECT_THAT(changes, Contains(AllOf(HasSubstr("database/n1/nb"), HasSubstr("defer"))));
  EXPECT_THAT(changes, Contains(AllOf(HasSubstr("database/n2/sb"), HasSubstr("defer"))));
  lab.apply();
  EXPECT_THAT(lab.cluster.oracle().violations(), IsEmpty());
  EXPECT_EQ(lab.cluster.raft(Database::northbound).clusters().size(), 1u);
}

/// As in a split whose one side was stopped: whoever is started and asked last does not win.
TEST(Trouble, AMemberOfAnotherClusterIsNotLetGo) {
  Lab lab(deployment(3));
  lab.apply();
  lab.cluster.by_hand("n3", {std::string(server_unit(Database::northbound)), UnitVerb::stop});
  FakeDatabaseFile& file = lab.cluster.host("n3").databases.at(Database::northbound);
  file.cluster_id = "3f1c1d52-6f0b-4a7c-9d1e-0a4f5b6c7d8e";
  file.server_id = "5b8a7c61-2f3e-4d5c-8b9a-1c2d3e4f5a6b";
  EXPECT_THAT(lab.remaining(),
              Contains(AllOf(HasSubstr("database/n3/nb"), HasSubstr("the centrals hold 2"))));
  lab.apply();
  EXPECT_EQ(lab.cluster.host("n3").databases.at(Database::northbound).cluster_id,
            "3f1c1d52-6f0b-4a7c-9d1e-0a4f5b6c7d8e");
  EXPECT_THAT(lab.cluster.oracle().violations(), IsEmpty());
}

/// Of nodes without a database the integration bridge tells: its mark names the node that it was made for.
TEST(Trouble, ChassisThatChangedPlacesAreNotMerged) {
  Lab lab(deployment(5));
  lab.apply();
  lab.cluster.exchange("n4", "n5");
  const std::vector<std::string> changes = lab.remaining();
  for (const char* what :
       {"bridge/n4/br-int defer", "bridge/n5/br-int defer", "chassis/n4 defer", "chassis/n5 defer"})
    EXPECT_THAT(changes, Contains(HasSubstr(what)));
  lab.apply();
  EXPECT_THAT(lab.cluster.oracle().violations(), IsEmpty());
}

/// Before anything is done to either: system-id.conf holds the name of the node that the machine was made
/// for.
TEST(Trouble, NothingIsDoneToChassisThatChangedPlaces) {
  Lab lab(deployment(5));
  lab.apply();
  lab.cluster.exchange("n4", "n5");
  const engine::Planned planned = lab.plan();
  ASSERT_TRUE(planned.diags.has_errors());
  for (const Diag& diag : planned.diags.all()) EXPECT_EQ(diag.slug, "machine-of-another-node");
}

/// A host that does not answer does not say that it still has the workload; the port that is up does.
TEST(Trouble, AWorkloadThatMovesFromAHostThatDoesNotAnswer) {
  Lab lab(deployment(3));
  lab.apply();
  lab.desired.workloads.at("vm3").node = "n1";
  lab.cluster.host("n3").reachable = false;
  lab.apply();
  EXPECT_THAT(lab.cluster.oracle().violations(), IsEmpty());
  EXPECT_THAT(lab.remaining(), Contains(AllOf(HasSubstr("workload/vm3"), HasSubstr("defer"))));
  lab.cluster.host("n3").reachable = true;
  EXPECT_THAT(run_again(lab), IsEmpty());
}

/// A server that has not run since the host's boot is not one that has never run: its rows are unknown.
TEST(Trouble, ADatabaseThatDoesNotStartAtBootIsNotTakenForEmpty) {
  Lab lab(deployment(1));
  lab.apply();
  lab.cluster.by_hand("n1", {"ovn-central.service", UnitVerb::disable});
  lab.cluster.power_on("n1");
  lab.desired.switches["ls3"].name = "ls3";
  for (const Change& change : lab.plan().plan.changes)
    if (change.host == kCluster) {
      EXPECT_EQ(change.verb, Verb::defer) << change.id.text();
    }
}

/// With two members, one that runs cannot be restarted well before the other that is down is started.
TEST(Trouble, AMemberThatIsDownIsStartedBeforeAnotherIsRestarted) {
  Lab lab(deployment(2));
  lab.apply();
  lab.cluster.by_hand("n2", {std::string(server_unit(Database::southbound)), UnitVerb::stop});
  lab.cluster.host("n1").files.erase("/etc/kiln/ovn-sb.env");
  lab.cluster.power_on("n1");
  EXPECT_THAT(run_again(lab), IsEmpty());
}

}  // namespace
}  // namespace kiln::test
