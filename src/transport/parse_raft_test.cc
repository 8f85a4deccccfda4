#include <gtest/gtest.h>

#include <string>

#include "transport/parse.h"

namespace kiln::transport {
namespace {

// Open vSwitch 3.5.0 (Debian trixie): what the look prints of ovsdb-tool show-log.
const std::string kLog =
    " prev_index: 1\n prev_term: 1\n prev_servers: dab1(\"ssl:10.252.1.11:6643\")\n"
    " servers: 21d1(\"ssl:10.252.1.12:6643\"), dab1(\"ssl:10.252.1.11:6643\")\n term: 2\n index: 4\n"
    " commit_index: 3\nreplaced=d983a422-37ee-48a3-9aa9-06cd97013f56\n";

TEST(Log, tells_its_last_entry_what_is_committed_and_who_is_a_member) {
  const auto seen = parse_log(kLog);
  ASSERT_TRUE(seen) << seen.error().text();
  EXPECT_EQ(*seen,
            (DatabaseLogSeen{.term = 2,
                             .index = 4,
                             .committed = 3,
                             .members = {"ssl:10.252.1.11:6643", "ssl:10.252.1.12:6643"},
                             .replaced = {"d983a422-37ee-48a3-9aa9-06cd97013f56"},
                             .ids = {{"ssl:10.252.1.11:6643", "dab1"}, {"ssl:10.252.1.12:6643", "21d1"}}}));
}

// After a compaction the file holds a snapshot alone.
TEST(Log, of_a_snapshot_alone_ends_with_it) {
  const auto seen =
      parse_log(" prev_index: 10\n prev_term: 2\n prev_servers: 21d1(\"ssl:[2001:db8::1]:6643\")\n");
  ASSERT_TRUE(seen) << seen.error().text();
  EXPECT_EQ(seen->term, 2);
  EXPECT_EQ(seen->index, 10);
  EXPECT_EQ(seen->committed, 10);
  EXPECT_EQ(seen->members, std::set<std::string>{"ssl:[2001:db8::1]:6643"});
}

TEST(Log, of_something_else_is_malformed) {
  EXPECT_FALSE(parse_log(""));
  EXPECT_FALSE(parse_log("ovsdb-tool: ovsdb error: syntax error"));
  EXPECT_FALSE(parse_log(" prev_index: 10\n prev_term: 2\n"));
  // A member that cannot be read is not one member less.
  for (const char* servers :
       {"21d1(\"ssl:10.252.1.12:6643\"), dab1(\"ssl:10.25", "21d1(\"ssl:10.252.1.12:6643\"), ?", "21d1(\"\")",
        "(\"ssl:10.252.1.12:6643\")"})
    EXPECT_FALSE(parse_log(" prev_index: 10\n prev_term: 2\n prev_servers: " + std::string(servers) + '\n'))
        << servers;
}

TEST(Raft, a_server_that_cannot_be_read_is_not_one_server_less) {
  const std::string head =
      "1\nServer ID: f8b3 (f8b351ff-83ba-41c5-8cea-916ab395f248)\nStatus: cluster member\n"
      "Role: leader\nServers:\n    f8b3 (f8b3 at ssl:10.252.1.11:6643) (self)\n";
  EXPECT_TRUE(parse_cluster_status(head));
  for (const char* line : {"    353b (353b at ssl:10.25", "    353b", "    ?? (?? at ssl:10.252.1.12:6643)",
                           "    353b (353b at nowhere)"})
    EXPECT_FALSE(parse_cluster_status(head + line + '\n')) << line;
}

// OVN 25.03 (Debian trixie): ovn-appctl -t /run/ovn/ovnnb_db.ctl cluster/status OVN_Northbound
const std::string kLeader = R"(f8b3
Name: OVN_Northbound
Cluster ID: 9e87 (9e874433-0c39-40b5-b248-368e3a8b0903)
Server ID: f8b3 (f8b351ff-83ba-41c5-8cea-916ab395f248)
Address: tcp:10.252.1.11:6643
Status: cluster member
Role: leader
Term: 2
Leader: self
Vote: self

Last Election won: 3011 ms ago
Election timer: 5000
Log: [2, 5]
Entries not yet committed: 3
Entries not yet applied: 1
Connections: <-353b ->353b
Disconnections: 0
Servers:
    353b (353b at tcp:10.252.1.11:6646) next_index=5 match_index=4 last msg 351 ms ago
    f8b3 (f8b3 at tcp:10.252.1.11:6643) (self) next_index=3 match_index=4
)";

const std::string kFollower = R"(353b
Name: OVN_Northbound
Cluster ID: 9e87 (9e874433-0c39-40b5-b248-368e3a8b0903)
Server ID: 353b (353bb425-cb61-4a18-93ca-1a6c8ac5d2c0)
Address: ssl:[fd00::2]:6643
Status: cluster member
Role: follower
Term: 2
Leader: f8b3
Vote: unknown

Election timer: 5000
Log: [2, 5]
Entries not yet committed: 0
Entries not yet applied: 0
Connections: ->0000 <-f8b3
Disconnections: 0
Servers:
    353b (353b at ssl:[fd00::2]:6643) (self)
    f8b3 (f8b3 at ssl:[fd00::1]:6643) last msg 353 ms ago
)";

const std::string kJoining = R"(353b
Name: OVN_Northbound
Cluster ID: not yet known
Server ID: 353b (353bb425-cb61-4a18-93ca-1a6c8ac5d2c0)
Address: tcp:10.252.1.11:6646
Status: joining cluster
Remotes for joining: tcp:10.252.1.11:6643
Role: follower
Term: 0
Leader: unknown
Vote: unknown

Election timer: 1000
Log: [1, 1]
Entries not yet committed: 0
Entries not yet applied: 0
Connections: (->0000)
Disconnections: 0
Servers:
)";

TEST(ClusterStatus, of_a_leader) {
  const auto seen = parse_cluster_status(kLeader);
  ASSERT_TRUE(seen) << seen.error().text();
  EXPECT_EQ(*seen, (RaftSeen{.cluster_id = "9e874433-0c39-40b5-b248-368e3a8b0903",
                             .server_id = "f8b351ff-83ba-41c5-8cea-916ab395f248",
                             .address = "tcp:10.252.1.11:6643",
                             .status = "cluster member",
                             .role = "leader",
                             .term = 2,
                             .leader = "self",
                             .election_timer_ms = 5000,
                             .log_first = 2,
                             .log_next = 5,
                             .not_committed = 3,
                             .not_applied = 1,
                             .servers = {{.server_id = "353b",
                                          .address = "tcp:10.252.1.11:6646",
                                          .self = false,
                                          .match_index = 4,
                                          .last_message_ms = 351},
                                         {.server_id = "f8b3",
                                          .address = "tcp:10.252.1.11:6643",
                                          .self = true,
                                          .match_index = 4,
                                          .last_message_ms = std::nullopt}}}));
}

TEST(ClusterStatus, of_a_follower_which_knows_no_match_index) {
  const auto seen = parse_cluster_status(kFollower);
  ASSERT_TRUE(seen) << seen.error().text();
  EXPECT_EQ(*seen, (RaftSeen{.cluster_id = "9e874433-0c39-40b5-b248-368e3a8b0903",
                             .server_id = "353bb425-cb61-4a18-93ca-1a6c8ac5d2c0",
                             .address = "ssl:[fd00::2]:6643",
                             .status = "cluster member",
                             .role = "follower",
                             .term = 2,
                             .leader = "f8b3",
                             .election_timer_ms = 5000,
                             .log_first = 2,
                             .log_next = 5,
                             .not_committed = 0,
                             .not_applied = 0,
                             .servers = {{.server_id = "353b",
                                          .address = "ssl:[fd00::2]:6643",
                                          .self = true,
                                          .match_index = std::nullopt,
                                          .last_message_ms = std::nullopt},
                                         {.server_id = "f8b3",
                                          .address = "ssl:[fd00::1]:6643",
                                          .self = false,
                                          .match_index = std::nullopt,
                                          .last_message_ms = 353}}}));
}

TEST(ClusterStatus, of_a_member_that_joins) {
  const auto seen = parse_cluster_status(kJoining);
  ASSERT_TRUE(seen) << seen.error().text();
  EXPECT_EQ(seen->status, "joining cluster");
  EXPECT_EQ(seen->server_id, "353bb425-cb61-4a18-93ca-1a6c8ac5d2c0");
  EXPECT_EQ(seen->leader, "unknown");
  EXPECT_EQ(seen->log_first, 1);
  EXPECT_EQ(seen->log_next, 1);
  EXPECT_TRUE(seen->servers.empty());
}

TEST(ClusterStatus, reads_what_stands_after_the_servers) {
  const auto seen = parse_cluster_status(kJoining + "    353b (353b at tcp:1.2.3.4:1) (self)\nTerm: 9\n");
  ASSERT_TRUE(seen) << seen.error().text();
  EXPECT_EQ(seen->servers.size(), 1U);
  EXPECT_EQ(seen->term, 9);
}

TEST(ClusterStatus, takes_no_other_text_for_one) {
  const std::string expected = "expected the output of cluster/status, found: ";
  EXPECT_EQ(parse_cluster_status("").error(), Error(ErrorCode::malformed, expected));
  EXPECT_EQ(parse_cluster_status("unknown cluster\novn-appctl: x.ctl: server returned an error\n").error(),
            Error(ErrorCode::malformed, expected + "ovn-appctl: x.ctl: server returned an error"));
}

// Half of a member's line is not a member fewer: nothing is known.
TEST(ClusterStatus, takes_no_servers_without_form) {
  const std::string head = "Server ID: a (b)\nStatus: s\nRole: r\nLog: [\nTerm: x\nServers:\n";
  for (const char* line : {" ", "  a at ", "  (self)(self", "  match_index=", "  last msg "})
    EXPECT_FALSE(parse_cluster_status(head + line + '\n')) << line;
}

TEST(RaftFact, is_absent_only_for_the_code_that_says_so) {
  EXPECT_EQ(read_raft("", kNotThere), Fact(Absent{}));
  for (const int code : {1, 2, 43, 45, 126, 127, 137})
    EXPECT_EQ(read_raft(kLeader + "ovn-appctl: gone\n", code), Fact(Unknown{"ovn-appctl: gone"})) << code;
  EXPECT_EQ(read_raft("Alarm clock\n", 142), Fact(Unknown{"no answer in time"}));
}

// A cut text is not known, or what was read of it is what the whole text says.
TEST(RaftFact, is_never_absent_when_cut) {
  for (const std::string& text : {kLeader, kFollower, kJoining}) {
    const RaftSeen whole = *parse_cluster_status(text);
    for (std::size_t at = 0; at < text.size(); ++at) {
      const Fact fact = read_raft(text.substr(0, at), 0);
      ASSERT_FALSE(std::holds_alternative<Absent>(fact)) << at;
      if (const Seen* seen = std::get_if<Seen>(&fact)) {
        EXPECT_EQ(std::get<RaftSeen>(*seen).server_id, whole.server_id) << at;
      }
    }
  }
}

// "cluster member" of a text that ends there would be a member without role, term and peers.
TEST(RaftFact, is_unknown_when_cut_before_the_servers) {
  for (const std::string& text : {kLeader, kFollower, kJoining})
    for (std::size_t at = 0; at < text.find("Servers:"); ++at)
      ASSERT_TRUE(std::holds_alternative<Unknown>(read_raft(text.substr(0, at), 0))) << text.substr(0, at);
}

}  // namespace
}  // namespace kiln::transport
