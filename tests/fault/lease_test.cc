#include <gmock/gmock.h>

#include <cstdio>
#include <cstdlib>
#include <map>

#include "config/leaving.h"
#include "fault/story.h"
#include "support/several.h"

// Two and three kilns on one deployment at the same time: who is stopped, how long, and who is killed where,
// the seed says. Whatever becomes of them, their changes never mix.

namespace kiln::test {
namespace {

using ::testing::IsEmpty;

/// Of the actions that a fence has let through: after the first of a later run, none of an earlier one.
class NoMixture {
 public:
  /// `alone`: each host for itself, as not all of them answer everybody.
  explicit NoMixture(bool alone) : alone_(alone) {}

  void act(const Fence& fence, const HostName& host, const Action& action) {
    const auto run = runs_.emplace(fence.token, fence.run).first;
    if (run->second != fence.run)
      wrong_.push_back("two runs with one number: " + run->second + ", " + fence.run);
    std::int64_t& highest = highest_[alone_ ? host : ""];
    if (fence.token < highest)
      wrong_.push_back(fence.text() + " after " + std::to_string(highest) + ": " + describe(action) + " on " +
                       host);
    highest = std::max(highest, fence.token);
  }
  const std::vector<std::string>& wrong() const { return wrong_; }
  std::size_t runs() const { return runs_.size(); }

 private:
  bool alone_;
  std::map<std::int64_t, std::string> runs_;
  std::map<HostName, std::int64_t> highest_;
  std::vector<std::string> wrong_;
};

Desired in_another_order(Desired desired) {
  const int last = static_cast<int>(desired.nodes.size()) - 1;
  for (auto& [name, node] : desired.nodes) node.order = last - node.order;
  return desired;
}

Desired with_more(Desired desired) {
  add_workload(desired, "vm9", "n3");
  return desired;
}

using Task = std::function<std::string(Applier&, Duration patience)>;

Task applying(const Desired& desired) {
  return [desired](Applier& applier, Duration patience) { return applier.apply(desired, patience); };
}

/// Several that begin at once with what `begin` leaves.
struct Scene {
  const char* name;
  FakeCluster begin;
  std::vector<Task> tasks;
  /// Whether hosts go and come: then a quorum may be missed for other reasons than kiln's.
  bool hosts_go = false;
  /// What goes on besides: at a moment that the seed says, for so long.
  std::function<void(FakeCluster&)> goes = {};
  std::function<void(FakeCluster&)> comes = {};
  bool ends = false;  ///< the databases are given up on purpose
};

struct Tally {
  std::map<std::string, int> outcomes;
  int kills = 0;
  int taken_over = 0;
};

void play(const Scene& scene, std::uint64_t seed, Tally& tally) {
  FakeCluster cluster(scene.begin);
  NoMixture mixture(scene.hosts_go);
  cluster.on_fenced = [&](const Fence& fence, const HostName& host, const Action& action) {
    mixture.act(fence, host, action);
  };
  Several several(cluster, seed, {});
  std::vector<Several::Task> tasks;
  std::vector<std::string> outcomes(scene.tasks.size());
  SeededRandom random(seed);
  for (std::size_t at = 0; at < scene.tasks.size(); ++at) {
    const Duration patience{random.below(3) == 0 ? 300'000 : 0};
    tasks.emplace_back([&, at, patience](Applier& applier) {
      outcomes[at] = "killed";
      outcomes[at] = scene.tasks[at](applier, patience);
    });
  }
  const Duration goes{static_cast<Duration::rep>(random.below(20'000))};
  const Duration comes{static_cast<Duration::rep>(random.below(120'000))};
  if (scene.goes)
    tasks.emplace_back([&](Applier& applier) {
      applier.sleep(goes);
      scene.goes(cluster);
      applier.sleep(comes);
      scene.comes(cluster);
    });
  several.run(tasks);
  for (const std::string& outcome : outcomes) ++tally.outcomes[outcome.substr(0, outcome.find(':'))];
  tally.kills += several.killed() ? 1 : 0;
  tally.taken_over += mixture.runs() > 1 ? 1 : 0;
  ASSERT_THAT(mixture.wrong(), IsEmpty()) << scene.name << ", seed " << seed;
  std::vector<std::string> seen = cluster.oracle().violations();
  if (scene.hosts_go || scene.ends)
    std::erase_if(seen, [](const auto& line) { return line.starts_with("quorum"); });
  ASSERT_THAT(seen, IsEmpty()) << scene.name << ", seed " << seed;
  for (const Database database : {Database::northbound, Database::southbound})
    ASSERT_LE(cluster.raft(database).clusters().size(), scene.begin.raft(database).clusters().size() + 1)
        << scene.name << ", seed " << seed;
}

void play_all(const Scene& scene, std::uint64_t count) {
  Tally tally;
  for (std::uint64_t seed = 1; seed <= count && !testing::Test::HasFatalFailure(); ++seed)
    play(scene, seed, tally);
  std::string text;
  for (const auto& [outcome, times] : tally.outcomes) text += outcome + ' ' + std::to_string(times) + ", ";
  std::printf("%s: %zu interleavings: %s%d with a kill, %d with another run after the first\n", scene.name,
              static_cast<std::size_t>(count), text.c_str(), tally.kills, tally.taken_over);
  // What nobody disturbs proves nothing.
  EXPECT_GT(tally.outcomes["done"], 0);
  EXPECT_GT(tally.outcomes["refused"], 0);
  EXPECT_GT(tally.kills, 0);
  EXPECT_GT(tally.taken_over, 0);
}

Scene two_bring_ups_of_files_in_different_order() {
  const Desired desired = deployment(3);
  return {"two bring-ups", FakeCluster(desired, 1), {applying(desired), applying(in_another_order(desired))}};
}

Scene three_bring_ups() {
  const Desired desired = deployment(2);
  return {"three bring-ups",
          FakeCluster(desired, 2),
          {applying(desired), applying(in_another_order(desired)), applying(desired)}};
}

Scene three_changes_of_one_deployment() {
  Lab lab(deployment(3));
  lab.apply();
  return {"three changes",
          lab.cluster,
          {applying(after_a_move(lab.desired)), applying(with_more(lab.desired)),
           applying(in_another_order(lab.desired))}};
}

Scene two_start_stopped_centrals() {
  Lab lab(deployment(3));
  lab.apply();
  for (const char* host : {"n1", "n2", "n3"})
    for (const Database database : {Database::northbound, Database::southbound})
      lab.cluster.by_hand(host, {std::string(server_unit(database)), UnitVerb::stop});
  return {"stopped centrals",
          lab.cluster,
          {applying(lab.desired), applying(with_more(in_another_order(lab.desired)))}};
}

Scene a_destroy_and_an_apply() {
  Lab lab(deployment(3));
  lab.apply();
  return {"destroy and apply",
          lab.cluster,
          {applying(config::taken_out(lab.desired)), applying(with_more(lab.desired))},
          false,
          {},
          {},
          true};
}

Scene the_leaders_host_goes_under_the_holder() {
  Lab lab(deployment(3));
  lab.apply();
  const HostName leader = lab.cluster.raft(Database::northbound).clusters().begin()->second.leader;
  return {"the leader goes",
          lab.cluster,
          {applying(after_a_move(lab.desired)), applying(with_more(lab.desired))},
          true,
          [leader](FakeCluster& cluster) { cluster.power_off(leader); },
          [leader](FakeCluster& cluster) { cluster.power_on(leader); }};
}

Scene two_recover() {
  const Lab lab = survivor();
  const Desired left = lab.desired;
  const Task recovering = [left](Applier& applier, Duration patience) {
    return applier.recover(left, Database::northbound, patience);
  };
  return {"two recover", lab.cluster, {recovering, recovering, applying(left)}, true, {}, {}};
}

/// 5,000 interleavings in all; every fourth of them in each check.
struct Played {
  Scene (*scene)();
  std::uint64_t count;
};
constexpr Played kTwoBringUpsOfFilesInDifferentOrder{two_bring_ups_of_files_in_different_order, 600};
constexpr Played kThreeBringUps{three_bring_ups, 400};
constexpr Played kThreeChangesOfOneDeployment{three_changes_of_one_deployment, 1800};
constexpr Played kTwoStartStoppedCentrals{two_start_stopped_centrals, 900};
constexpr Played kADestroyAndAnApply{a_destroy_and_an_apply, 400};
constexpr Played kTheLeadersHostGoesUnderTheHolder{the_leaders_host_goes_under_the_holder, 500};
constexpr Played kTwoRecover{two_recover, 400};

void play_some(const Played& played) {
  play_all(played.scene(), played.count / 4);
}

TEST(Interleaved, TwoBringUpsOfFilesInDifferentOrder) {
  play_some(kTwoBringUpsOfFilesInDifferentOrder);
}
TEST(Interleaved, ThreeBringUps) {
  play_some(kThreeBringUps);
}
TEST(Interleaved, ThreeChangesOfOneDeployment) {
  play_some(kThreeChangesOfOneDeployment);
}
TEST(Interleaved, TwoStartStoppedCentrals) {
  play_some(kTwoStartStoppedCentrals);
}
TEST(Interleaved, ADestroyAndAnApply) {
  play_some(kADestroyAndAnApply);
}
TEST(Interleaved, TheLeadersHostGoesUnderTheHolder) {
  play_some(kTheLeadersHostGoesUnderTheHolder);
}
TEST(Interleaved, TwoRecover) {
  play_some(kTwoRecover);
}

TEST(Interleaved, NightlyAllOfThem) {
  if (!std::getenv("KILN_NIGHTLY")) GTEST_SKIP() << "KILN_NIGHTLY=1 runs it";
  for (const Played& played :
       {kTwoBringUpsOfFilesInDifferentOrder, kThreeBringUps, kThreeChangesOfOneDeployment,
        kTwoStartStoppedCentrals, kADestroyAndAnApply, kTheLeadersHostGoesUnderTheHolder, kTwoRecover})
    play_all(played.scene(), played.count);
}

}  // namespace
}  // namespace kiln::test
