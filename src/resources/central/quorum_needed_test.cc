#include "resources/central/quorum_needed.h"

#include "resources/central/central.h"
#include "resources/resource_for_test.h"

// What is not changed while nobody could write to a database, or find it.

namespace kiln::resources::quorum_needed_test {
namespace {

/// Three centrals whose members of both databases run and know no leader.
Bench electing() {
  Bench bench(3);
  bench.placement.centrals = {"n1", "n2", "n3"};
  for (int node = 1; node <= 3; ++node)
    for (const Database database : kClustered) {
      const HostName host = "n" + std::to_string(node);
      bench.placement.services[host] = {"central", "chassis", "switch"};
      DatabaseFileSeen file;
      file.clustered = true;
      file.cluster_id = row(9).text();
      file.server_id = row(node).text();
      file.local_address = ssl_address("192.0.2.1" + std::to_string(node), raft_port(database));
      bench.see(host, DatabaseFileLook{database}, file);
      RaftSeen raft;
      raft.status = node == 1 ? "disconnected from the cluster (election timeout)" : "cluster member";
      raft.role = "candidate";
      raft.leader = "unknown";
      for (int other = 1; other <= 3; ++other) {
        RaftServerSeen server;
        server.address = ssl_address("192.0.2.1" + std::to_string(other), raft_port(database));
        raft.servers.push_back(server);
      }
      bench.see(host, RaftLook{database}, raft);
    }
  return bench;
}
std::string why_not(const Bench& bench, const ResourceId& id) {
  return why_no_quorum(Context(bench.desired, bench.placement, bench.facts), id);
}

TEST(QuorumNeeded, nothing_is_written_while_members_elect_a_leader) {
  const Bench bench = electing();
  const std::string why = " has no leader now: its members elect one, or do not reach each other";
  EXPECT_EQ(why_not(bench, client_id("n1")), "OVN_Northbound" + why);
  EXPECT_EQ(why_not(bench, listener_id(Database::southbound)), "OVN_Southbound" + why);
  EXPECT_EQ(why_not(bench, database_id("n1", Database::northbound)), "");
}

TEST(QuorumNeeded, what_starts_a_member_may_make_a_majority) {
  Bench bench = electing();
  for (const Database database : kClustered) bench.lack("n3", RaftLook{database});
  EXPECT_EQ(why_not(bench, client_id("n1")), "");
}

// They call themselves disconnected after some elections.
TEST(QuorumNeeded, members_that_are_cut_off_count_as_those_that_are_left) {
  Bench bench = electing();
  for (const char* node : {"n2", "n3"})
    for (const Database database : kClustered) {
      bench.lack(node, RaftLook{database});
      bench.hide(node, DatabaseFileLook{database});
    }
  EXPECT_EQ(why_not(bench, client_id("n1")),
            "OVN_Northbound has lost its majority: 1 of its 3 members are on nodes that answer");
}

}  // namespace
}  // namespace kiln::resources::quorum_needed_test
