#include "engine/quorum.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>

// What the leader says of the others, and what they say of themselves, decides whether a step may touch one.

namespace kiln::engine::quorum_test {
namespace {

constexpr Database kNb = Database::northbound;

std::string address(int node) {
  return "ssl:192.0.2.1" + std::to_string(node) + ":6643";
}
std::string server_id(int node) {
  return std::string(3, 'a') + std::to_string(node);
}

/// Three members, all well; n1 leads.
struct Cluster {
  std::map<int, std::optional<RaftSeen>> seen;  ///< what each says; nothing: it does not serve
  QuorumKept wait;

  Cluster() {
    wait.database = kNb;
    for (int node = 1; node <= 3; ++node) {
      RaftSeen raft;
      raft.status = "cluster member";
      raft.role = node == 1 ? "leader" : "follower";
      raft.leader = node == 1 ? "self" : server_id(1);
      raft.term = 5;
      raft.election_timer_ms = 4000;
      for (int other = 1; other <= 3; ++other)
        raft.servers.push_back({.server_id = server_id(other),
                                .address = address(other),
                                .self = other == node,
                                .match_index = {},
                                .last_message_ms = other == node ? std::nullopt
                                                   : node == 1   ? std::optional<std::int64_t>(900)
                                                                 : std::nullopt});
      seen[node] = raft;
      wait.members.push_back({"n" + std::to_string(node), address(node),
                              server_id(node) + "bcde-0000-4000-8000-000000000000", true});
    }
    wait.but = {address(3)};
  }
  RaftSeen& leader() { return *seen.at(1); }

  std::string judged() const {
    Facts facts;
    for (const auto& [node, raft] : seen)
      facts.set({"n" + std::to_string(node), RaftLook{kNb}}, raft ? Fact(Seen{*raft}) : Fact(Absent{}));
    const Verdict verdict = judge_quorum(wait, facts);
    switch (verdict.kind) {
      case Verdict::Kind::holds:
        return "holds: " + verdict.seen;
      case Verdict::Kind::not_yet:
        return "not yet: " + verdict.seen;
      case Verdict::Kind::never:
        return "never: " + verdict.seen;
    }
    return "";
  }
};

TEST(Quorum, is_kept_while_all_others_are_connected_and_as_planned) {
  EXPECT_EQ(Cluster().judged(), "holds: led by n1");
}

TEST(Quorum, the_one_that_the_step_touches_may_be_down) {
  Cluster cluster;
  cluster.seen[3] = std::nullopt;
  cluster.leader().servers[2].last_message_ms = 60000;
  EXPECT_EQ(cluster.judged(), "holds: led by n1");
}

TEST(Quorum, a_member_that_the_leader_does_not_hear_is_down) {
  Cluster cluster;
  cluster.leader().servers[1].last_message_ms = 4001;
  EXPECT_EQ(cluster.judged(), "not yet: the leader on n1 has not heard n2 (ssl:192.0.2.12:6643) for 4001 ms");
  cluster.leader().servers[1].last_message_ms = std::nullopt;
  EXPECT_EQ(cluster.judged(), "not yet: the leader on n1 does not hear n2 (ssl:192.0.2.12:6643)");
}

// It was stopped a moment ago, and the leader heard it just before.
TEST(Quorum, a_member_that_is_listed_and_does_not_serve_is_down) {
  Cluster cluster;
  cluster.seen[2] = std::nullopt;
  EXPECT_EQ(cluster.judged(), "not yet: n2 (ssl:192.0.2.12:6643) does not serve it");
}

TEST(Quorum, a_member_that_fails_or_is_cut_off_is_down) {
  Cluster cluster;
  cluster.seen[2]->status = "failed";
  EXPECT_EQ(cluster.judged(), "not yet: n2 (ssl:192.0.2.12:6643) is failed");
  cluster.seen[2]->status = "cluster member";
  cluster.seen[2]->leader = "unknown";
  EXPECT_EQ(cluster.judged(), "not yet: n2 (ssl:192.0.2.12:6643) knows no leader");
}

TEST(Quorum, members_that_are_not_those_of_the_plan_end_it) {
  Cluster gone;
  gone.leader().servers.erase(gone.leader().servers.begin() + 1);
  EXPECT_EQ(gone.judged(), "never: n2 (ssl:192.0.2.12:6643) is no member any more");
  Cluster more;
  more.leader().servers.push_back(
      {.server_id = "ffff", .address = address(9), .self = false, .match_index = {}, .last_message_ms = {}});
  EXPECT_EQ(more.judged(), "never: ssl:192.0.2.19:6643 is a member, and was none when the plan was made");
  Cluster other;
  other.leader().servers[1].server_id = "bbbb";
  EXPECT_EQ(other.judged(), "never: n2 (ssl:192.0.2.12:6643) is another server than when the plan was made");
  // One that comes or goes in the plan may be there or not, under an id that nobody knew.
  other.wait.members[1].id = "";
  EXPECT_EQ(other.judged(), "holds: led by n1");
  gone.wait.members[1].listed = false;
  EXPECT_EQ(gone.judged(), "holds: led by n1");
}

TEST(Quorum, of_two_leaders_the_one_of_the_later_term_is_asked) {
  Cluster cluster;
  cluster.seen[3]->role = "leader";
  cluster.seen[3]->term = 4;  // it has not yet heard
  EXPECT_EQ(cluster.judged(), "holds: led by n1");
}

TEST(Quorum, without_a_leader_nothing_is_touched) {
  Cluster cluster;
  for (auto& [node, raft] : cluster.seen) {
    raft->role = "candidate";
    raft->leader = "unknown";
  }
  EXPECT_EQ(cluster.judged(), "not yet: no member says that it leads");
  // A restart may be what mends it, as long as all of them run.
  cluster.wait.mends = true;
  EXPECT_EQ(cluster.judged(), "holds: nobody leads, and all run");
  cluster.seen[2] = std::nullopt;
  EXPECT_EQ(cluster.judged(), "not yet: no member says that it leads");
}

TEST(Quorum, a_server_that_serves_nobody_is_restarted_whoever_else_is_down) {
  Cluster cluster;
  cluster.seen[2] = std::nullopt;
  cluster.seen[3] = std::nullopt;
  EXPECT_EQ(cluster.judged(), "not yet: n2 (ssl:192.0.2.12:6643) does not serve it");
  cluster.wait.mends = true;
  EXPECT_EQ(cluster.judged(), "holds: it serves nobody");
}

TEST(Quorum, a_file_is_put_aside_once_nobody_lists_its_server) {
  Cluster cluster;
  cluster.wait.gone = server_id(3) + "bcde-0000-4000-8000-000000000000";
  EXPECT_EQ(cluster.judged(), "not yet: n3 (ssl:192.0.2.13:6643) is listed");
  cluster.leader().servers.pop_back();
  EXPECT_EQ(cluster.judged(), "holds: led by n1");
}

// Ids are listed by four digits, which two servers may share.
TEST(Quorum, another_server_with_the_same_short_id_is_not_the_one_that_is_gone) {
  Cluster cluster;
  cluster.leader().servers.pop_back();
  cluster.leader().servers[1].server_id = server_id(3);
  cluster.wait.members[1].id = server_id(3) + "0000-0000-4000-8000-000000000000";
  cluster.wait.gone = server_id(3) + "bcde-0000-4000-8000-000000000000";
  EXPECT_EQ(cluster.judged(), "holds: led by n1");
  cluster.wait.members[1].id.clear();  // the plan could not know it
  EXPECT_EQ(cluster.judged(), "not yet: n2 (ssl:192.0.2.12:6643) is listed");
}

TEST(Quorum, who_was_heard_within_two_election_timers_is_not_kicked_for_dead) {
  Cluster cluster;
  cluster.wait.silent = address(3);
  cluster.leader().servers[2].last_message_ms = 8000;
  EXPECT_EQ(cluster.judged(), "not yet: n1 heard ssl:192.0.2.13:6643 8000 ms ago");
  cluster.leader().servers[2].last_message_ms = 8001;
  EXPECT_EQ(cluster.judged(), "holds: led by n1");
  // It led, until the other one heard no more of it.
  cluster.seen[2]->servers[2].last_message_ms = 300;
  EXPECT_EQ(cluster.judged(), "not yet: n2 heard ssl:192.0.2.13:6643 300 ms ago");
}

}  // namespace
}  // namespace kiln::engine::quorum_test
