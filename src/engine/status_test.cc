#include "engine/status.h"

#include <gtest/gtest.h>

#include "engine/fakes_for_test.h"

namespace kiln::engine {
namespace {

const std::vector<std::string> kUnits = {"ovn-ovsdb-server-nb.service", "ovn-ovsdb-server-sb.service",
                                         "ovn-northd.service",          "ovn-controller.service",
                                         "ovsdb-server.service",        "ovs-vswitchd.service"};

/// One node on which everything runs.
void fill(Bench& bench, const HostName& host, bool leads) {
  auto& answers = bench.transport.answers;
  answers[{host, HostLook{}}] = Seen{HostSeen{}};
  answers[{host, PackageLook{"ovn-common"}}] = Seen{PackageSeen{"1:25.03.0-1"}};
  UnitSeen unit;
  unit.active_state = "active";
  for (const std::string& name : kUnits) answers[{host, UnitLook{name}}] = Seen{unit};
  for (const Database database : {Database::northbound, Database::southbound}) {
    RaftSeen raft;
    raft.server_id = "5d1a";
    raft.role = leads ? "leader" : "follower";
    raft.status = "cluster member";
    raft.log_next = leads ? 120 : 100;
    answers[{host, RaftLook{database}}] = Seen{raft};
    answers[{host, DatabaseLook{database}}] = server(true, leads);
    answers[{host, FileLook{std::string(schema_path(database)), true}}] =
        Seen{FileSeen{.content = "{\"name\":\"x\",\"version\":\"7.11.0\"}", .owner = {}, .group = {}}};
  }
}

TEST(Status, shows_services_members_and_lag) {
  Bench bench;
  bench.transport.otherwise = Absent{};
  fill(bench, "n1", false);
  fill(bench, "n2", true);
  UnitSeen failed;
  failed.active_state = "failed";
  bench.transport.answers[{"n1", UnitLook{"ovn-northd.service"}}] = Seen{failed};
  const Status status = read_status(centrals(2), bench.seams, bench.limits);
  ASSERT_EQ(status.nodes.size(), 2U);
  EXPECT_TRUE(status.nodes[0].reachable);
  EXPECT_EQ(status.nodes[0].ovn_version, "25.03.0");
  EXPECT_EQ(status.nodes[0].services[0].state, "degraded (ovn-northd failed)");
  EXPECT_EQ(status.nodes[1].services[0].state, "running");
  ASSERT_EQ(status.databases.size(), 2U);
  EXPECT_EQ(status.databases[0].name, "OVN_Northbound");
  EXPECT_EQ(status.databases[0].leader, "n2");
  EXPECT_EQ(status.databases[0].members[0].lag, 20);
  EXPECT_EQ(status.databases[0].members[0].expected_schema_version, "7.11.0");
  EXPECT_EQ(status.certificates[0].name, "authority");
  EXPECT_EQ(status.certificates[1].problem, "/etc/kiln/pki/ovn-northbound/cert.pem is not there");
  EXPECT_FALSE(status.healthy());
}

TEST(Status, a_member_that_the_leader_does_not_hear_is_told_though_its_row_is_well) {
  Bench bench;
  bench.transport.otherwise = Absent{};
  fill(bench, "n1", false);
  fill(bench, "n2", true);
  RaftSeen leader;
  leader.server_id = "ef01";
  leader.role = "leader";
  leader.leader = "self";
  leader.status = "cluster member";
  leader.election_timer_ms = 4000;
  leader.log_next = 120;
  leader.address = "ssl:n2:6643";
  leader.servers = {{"ef01", "ssl:n2:6643", true, {}, {}},
                    {"0d1a", "ssl:n1:6643", false, 7, 90'000},  // its old self
                    {"5d1a", "ssl:n1:6643", false, 99, 63'388}};
  RaftSeen follower = leader;
  follower.server_id = "5d1a";
  follower.role = "follower";
  follower.leader = "ef01";
  follower.address = "ssl:n1:6643";
  for (const auto& [host, raft] : {std::pair{"n1", follower}, {"n2", leader}}) {
    DatabaseFileSeen file;
    file.clustered = true;
    file.server_id = raft.server_id;
    file.local_address = raft.address;
    bench.transport.answers[{host, DatabaseFileLook{Database::northbound}}] = Seen{file};
    bench.transport.answers[{host, RaftLook{Database::northbound}}] = Seen{raft};
  }
  const Status status = read_status(centrals(2), bench.seams, bench.limits);
  EXPECT_EQ(status.databases[0].members[0].lag, 20) << "what it has confirmed, whatever it says of itself";
  EXPECT_TRUE(std::ranges::any_of(status.troubles, [](const Trouble& trouble) {
    return trouble.seen == "the leader on n2 has not heard it for 63 s: it counts for no majority";
  }));
}

TEST(Status, what_maintenance_has_stopped_is_well) {
  Bench bench;
  bench.transport.otherwise = Absent{};
  fill(bench, "n1", false);
  fill(bench, "n2", true);
  UnitSeen stopped;
  stopped.active_state = "inactive";
  for (const char* unit : {"ovn-northd.service", "ovn-controller.service"})
    bench.transport.answers[{"n1", UnitLook{unit}}] = Seen{stopped};
  Desired desired = centrals(2);
  desired.nodes.at("n1").state = "maintenance";
  Status status = read_status(desired, bench.seams, bench.limits);
  EXPECT_TRUE(status.nodes[0].maintenance);
  EXPECT_FALSE(status.nodes[1].maintenance);
  EXPECT_EQ(status.nodes[0].services[0].state, "maintenance");
  EXPECT_EQ(status.nodes[0].services[1].state, "maintenance");
  EXPECT_EQ(status.nodes[0].services[2].state, "running");
  UnitSeen active;
  active.active_state = "active";
  bench.transport.answers[{"n1", UnitLook{"ovn-northd.service"}}] = Seen{active};
  status = read_status(desired, bench.seams, bench.limits);
  EXPECT_EQ(status.nodes[0].services[0].state, "degraded (ovn-northd runs)");
}

TEST(Status, a_node_that_does_not_answer_is_said_to_be_unknown) {
  Bench bench;
  const Status status = read_status(centrals(1), bench.seams, bench.limits);
  EXPECT_FALSE(status.nodes[0].reachable);
  EXPECT_EQ(status.nodes[0].problem, "does not answer");
  EXPECT_EQ(status.databases[0].members[0].role, "unknown");
  EXPECT_EQ(status.databases[0].problem, "no member says that it is the leader");
  EXPECT_EQ(status.certificates[1].problem, "could not be read: does not answer");
  EXPECT_FALSE(status.healthy());
}

}  // namespace
}  // namespace kiln::engine
