#include "resources/resource_for_test.h"

// The election timer of a cluster that is there.

namespace kiln::resources::election_timer_test {
namespace {

const ResourceId kNb{"election-timer", "nb"};
constexpr const char* kGate = " ms on n2\n";

/// n2 leads both databases, with this timer.
Bench with_timer(std::int64_t ms) {
  Bench bench(3);
  RaftSeen raft;
  raft.status = "cluster member";
  raft.role = "follower";
  raft.election_timer_ms = ms;
  for (const Database database : {Database::northbound, Database::southbound}) {
    for (const char* node : {"n1", "n3"}) bench.see(node, RaftLook{database}, raft);
    raft.role = "leader";
    bench.see("n2", RaftLook{database}, raft);
    raft.role = "follower";
  }
  return bench;
}

std::string step(int ms) {
  const std::string text = std::to_string(ms);
  return "election-timer/nb:" + text +
         " (risk control-plane, pool raft/nb)\n"
         "  appctl /run/ovn/ovnnb_db.ctl cluster/change-election-timer OVN_Northbound " +
         text + "\n  until OVN_Northbound with an election timer of " + text + kGate;
}

TEST(ElectionTimer, as_wanted_is_no_change) {
  EXPECT_EQ(with_timer(16000).verdict(kNb), "as wanted");
}

TEST(ElectionTimer, is_at_most_doubled_by_one_step) {
  Bench bench = with_timer(3000);
  EXPECT_EQ(bench.verdict(kNb), "election timer: 3000 -> 16000\n");
  EXPECT_EQ(bench.steps(kNb), step(6000) + step(12000) + step(16000));
}

TEST(ElectionTimer, is_lowered_at_once) {
  Bench bench = with_timer(60000);
  EXPECT_EQ(bench.steps(kNb), step(16000));
}

TEST(ElectionTimer, is_of_no_database_that_is_yet_to_be_created) {
  EXPECT_EQ(Bench(3).all_of("election-timer"), "{}");
}

TEST(ElectionTimer, changes_after_all_members_are_there) {
  EXPECT_TRUE(with_timer(1000).needs(kNb).starts_with("database/n1/nb\ndatabase/n2/nb\ndatabase/n3/nb\n"));
}

}  // namespace
}  // namespace kiln::resources::election_timer_test
