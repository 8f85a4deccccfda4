#include <gmock/gmock.h>

#include <algorithm>
#include <cstdio>
#include <ostream>

#include "fault/story.h"

// Answers that are lost, hosts that are gone for a while, full disks, sudo that says no: the report is
// honest, and when the trouble is over an apply mends everything.

namespace kiln::test::seeded_faults_test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// Shards of seeds, so that ctest -j uses every core.
class SeededFaults : public ::testing::TestWithParam<std::uint64_t> {};
constexpr std::uint64_t kSeeds = 500;

TEST_P(SeededFaults, EverySeedConverges) {
  std::size_t met = 0;
  std::size_t failed_runs = 0;
  std::vector<std::string> wrong;
  const std::uint64_t first = GetParam() * kSeeds + 1;
  for (std::uint64_t seed = first; seed < first + kSeeds; ++seed) {
    Lab lab(deployment(1 + static_cast<int>(seed % 3)), seed);
    lab.cluster.faults().by_seed(seed, 5 + seed % 60);
    if (seed % 4 == 0) lab.cluster.faults().truncate_looks(seed, 20 + seed % 50);
    const engine::Planned planned = lab.plan();
    const Report report = lab.execute(planned.plan);
    met += lab.cluster.faults().met();
    if (!steps_with(report, StepStatus::failed).empty()) ++failed_runs;
    const std::string name = "seed " + std::to_string(seed) + ": ";
    for (const std::string& what : dishonest(planned.plan, report)) wrong.push_back(name + what);
    for (const std::string& what : run_again(lab)) wrong.push_back(name + what);
  }
  std::printf("%zu seeds, %zu faults, %zu runs with failed steps\n", static_cast<std::size_t>(kSeeds), met,
              failed_runs);
  EXPECT_GT(failed_runs, kSeeds / 4);
  EXPECT_THAT(wrong, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Shards, SeededFaults, ::testing::Range<std::uint64_t>(0, 20));

TEST(OneFault, AHostThatIsGoneInTheMiddleOfARun) {
  for (std::size_t at = 5; at < 135; at += 10) {
    Lab lab(deployment(3));
    const engine::Planned planned = lab.plan();
    // Unreachable for kiln from here on, as are the tries that follow, whatever host they go to.
    lab.cluster.faults().at(at, FaultKind::unreachable, 2);
    const Report report = lab.execute(planned.plan);
    EXPECT_THAT(dishonest(planned.plan, report), IsEmpty());
    EXPECT_THAT(run_again(lab), IsEmpty()) << at;
  }
}

TEST(OneFault, ADiskThatIsFullSaysSo) {
  Lab whole(deployment(1));
  whole.apply();
  const auto& sent = whole.cluster.sent();
  const auto write = std::ranges::find_if(
      sent, [](const std::string& action) { return action.find("write /etc/") != std::string::npos; });
  ASSERT_NE(write, sent.end());
  Lab lab(deployment(1));
  lab.cluster.faults().at(static_cast<std::size_t>(write - sent.begin()), FaultKind::disk_full);
  const Report report = lab.apply();
  EXPECT_THAT(steps_with(report, StepStatus::failed),
              ::testing::ElementsAre(HasSubstr("No space left on device")));
  EXPECT_THAT(steps_with(report, StepStatus::skipped), Not(IsEmpty()));
  EXPECT_THAT(run_again(lab), IsEmpty());
}

struct Frozen {
  const char* what;
  void (*freeze)(FakeCluster& cluster, bool frozen);
  const char* step;
};

void PrintTo(const Frozen& frozen, std::ostream* to) {
  *to << frozen.what;
}

class ClosedGate : public ::testing::TestWithParam<Frozen> {};

TEST_P(ClosedGate, FailsAtItsDeadlineAndOpensLater) {
  Lab lab(deployment(3));
  GetParam().freeze(lab.cluster, true);
  const engine::Planned planned = lab.plan();
  const Report report = lab.execute(planned.plan);
  EXPECT_THAT(steps_with(report, StepStatus::failed), ::testing::Contains(HasSubstr(GetParam().step)));
  EXPECT_THAT(dishonest(planned.plan, report), IsEmpty());
  GetParam().freeze(lab.cluster, false);
  EXPECT_THAT(run_again(lab), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    SeededFaults, ClosedGate,
    ::testing::Values(
        Frozen{"joins",
               [](FakeCluster& cluster, bool frozen) {
                 cluster.raft(Database::northbound).freeze_joins = frozen;
               },
               "database/n2/nb:start"},
        Frozen{"southbound_joins",
               [](FakeCluster& cluster, bool frozen) {
                 cluster.raft(Database::southbound).freeze_joins = frozen;
               },
               "database/n2/sb:start"},
        Frozen{"northd", [](FakeCluster& cluster, bool frozen) { cluster.network().freeze_northd = frozen; },
               "northd/n1:"},
        Frozen{"listeners",
               [](FakeCluster& cluster, bool frozen) { cluster.network().freeze_listeners = frozen; },
               "listener/"},
        Frozen{"chassis",
               [](FakeCluster& cluster, bool frozen) { cluster.network().freeze_chassis = frozen; },
               "chassis/n1:run"},
        Frozen{"ports", [](FakeCluster& cluster, bool frozen) { cluster.network().freeze_ports = frozen; },
               "workload/vm1:port"}),
    [](const auto& param) { return std::string(param.param.what); });

}  // namespace
}  // namespace kiln::test::seeded_faults_test
