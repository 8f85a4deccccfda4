#include <gtest/gtest.h>

#include "resources/kinds.h"
#include "resources/resource_for_test.h"

namespace kiln::resources {
namespace {

/// Nodes n1, n2, … with services = "auto"; none holds a database.
class PlacementTest : public testing::Test {
 protected:
  void nodes(int count, const std::vector<std::string>& zones = {}) {
    desired = Bench(count).desired;
    for (auto& [name, node] : desired.nodes) {
      if (!zones.empty()) node.zone = zones[static_cast<std::size_t>(node.order)];
      for (const Database database : {Database::northbound, Database::southbound})
        facts.set({name, DatabaseFileLook{database}}, Absent{});
    }
  }
  void holds(const std::string& node, Database database = Database::northbound) {
    DatabaseFileSeen file;
    file.clustered = true;
    facts.set({node, DatabaseFileLook{database}}, Seen{file});
  }
  /// n1 is connected to its cluster and lists servers of these nodes, whose ids are 0001, 0002, …
  void lists(const std::vector<int>& nodes) {
    RaftSeen raft;
    raft.cluster_id = "c1";
    raft.status = "cluster member";
    raft.leader = "self";
    for (const int node : nodes) {
      RaftServerSeen server;
      server.server_id = "000" + std::to_string(node);
      server.address = "ssl:192.0.2.1" + std::to_string(node) + ":6643";
      raft.servers.push_back(server);
    }
    facts.set({"n1", RaftLook{Database::northbound}}, Seen{raft});
  }
  void holds_server(const std::string& node, const std::string& id) {
    DatabaseFileSeen file;
    file.clustered = true;
    file.cluster_id = "c1";
    file.server_id = id;
    facts.set({node, DatabaseFileLook{Database::northbound}}, Seen{file});
  }
  void silent(const std::string& node) {
    for (const Database database : {Database::northbound, Database::southbound})
      facts.set({node, DatabaseFileLook{database}}, Unknown{"does not answer"});
  }
  void services(const std::string& node, const std::vector<std::string>& names) {
    desired.nodes[node].auto_services = false;
    desired.nodes[node].services = names;
  }
  /// "n1 n3", in the order in which they join.
  std::string centrals() {
    problems.clear();
    placed = place(desired, facts, problems);
    std::string names;
    for (const std::string& name : placed.centrals) {
      EXPECT_TRUE(placed.has(name, "central")) << name;
      names += (names.empty() ? "" : " ") + name;
    }
    return names;
  }

  Desired desired;
  Facts facts;
  Placement placed;
  std::vector<std::string> problems;
};

TEST_F(PlacementTest, free_places_are_filled_in_the_order_of_the_file) {
  nodes(5);
  EXPECT_EQ(centrals(), "n1 n2 n3");
  std::swap(desired.nodes["n1"].order, desired.nodes["n5"].order);
  EXPECT_EQ(centrals(), "n5 n2 n3");
  EXPECT_TRUE(problems.empty());
}

// Its disk is empty, and the cluster still counts on it.
TEST_F(PlacementTest, a_central_that_was_rebuilt_stays_central) {
  nodes(4);
  desired.central.count = 2;
  holds_server("n1", "0001aaaa");
  lists({1, 4});
  EXPECT_EQ(centrals(), "n1 n4");
}

TEST_F(PlacementTest, a_server_that_was_let_go_is_no_central_for_its_file) {
  nodes(3);
  desired.central.count = 2;
  holds_server("n1", "0001aaaa");
  holds_server("n3", "0003aaaa");
  lists({1});
  EXPECT_EQ(centrals(), "n1 n2");
  lists({1, 3});
  EXPECT_EQ(centrals(), "n1 n3");
}

TEST_F(PlacementTest, a_member_that_is_of_no_node_of_the_file_is_told) {
  nodes(2);
  holds_server("n1", "0001aaaa");
  lists({1, 9});
  EXPECT_EQ(centrals(), "n1 n2");
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(
      problems.front(),
      "ssl:192.0.2.19:6643 is a member of OVN_Northbound and no node of the file: put its node back with "
      "`state = \"absent\"`, or \"dead\" if it will never come back");
}

TEST_F(PlacementTest, count_says_how_many_as_far_as_there_are_nodes) {
  nodes(3);
  for (const auto& [count, expected] :
       std::vector<std::pair<int, std::string>>{{1, "n1"}, {2, "n1 n2"}, {3, "n1 n2 n3"}, {5, "n1 n2 n3"}}) {
    desired.central.count = count;
    EXPECT_EQ(centrals(), expected);
  }
}

TEST_F(PlacementTest, every_auto_node_is_chassis_and_switch) {
  nodes(4);
  EXPECT_EQ(centrals(), "n1 n2 n3");
  EXPECT_EQ(placed.services["n1"], (std::set<std::string>{"central", "chassis", "switch"}));
  EXPECT_EQ(placed.services["n4"], (std::set<std::string>{"chassis", "switch"}));
}

TEST_F(PlacementTest, a_zone_with_fewest_centrals_comes_first) {
  nodes(5, {"a", "a", "b", "b", "c"});
  EXPECT_EQ(centrals(), "n1 n3 n5");
  desired.central.count = 4;
  EXPECT_EQ(centrals(), "n1 n2 n3 n5");
}

TEST_F(PlacementTest, zones_of_those_that_stay_count) {
  nodes(4, {"a", "b", "a", "b"});
  desired.central.count = 2;
  holds("n4");
  EXPECT_EQ(centrals(), "n4 n1");
}

TEST_F(PlacementTest, who_is_central_stays_and_comes_first) {
  nodes(5);
  holds("n5");
  EXPECT_EQ(centrals(), "n5 n1 n2");
  holds("n4");
  EXPECT_EQ(centrals(), "n4 n5 n1");
}

TEST_F(PlacementTest, either_database_makes_a_central) {
  nodes(5);
  holds("n4", Database::southbound);
  EXPECT_EQ(centrals(), "n4 n1 n2");
}

TEST_F(PlacementTest, more_centrals_than_asked_for_all_stay) {
  nodes(3);
  desired.central.count = 1;
  holds("n2");
  holds("n3");
  EXPECT_EQ(centrals(), "n2 n3");
}

TEST_F(PlacementTest, explicit_services_are_taken_as_they_are_and_count) {
  nodes(4);
  services("n4", {"central"});
  services("n1", {"chassis"});
  EXPECT_EQ(centrals(), "n2 n3 n4");
  EXPECT_EQ(placed.services["n4"], std::set<std::string>{"central"});
  EXPECT_EQ(placed.services["n1"], std::set<std::string>{"chassis"});
  EXPECT_TRUE(problems.empty());
}

TEST_F(PlacementTest, explicit_centrals_may_be_more_than_count) {
  nodes(3);
  desired.central.count = 1;
  for (const char* node : {"n1", "n2"}) services(node, {"central"});
  EXPECT_EQ(centrals(), "n1 n2");
}

TEST_F(PlacementTest, a_database_on_a_node_that_is_not_to_be_central_leaves) {
  nodes(2);
  services("n2", {"chassis", "switch"});
  holds("n2");
  EXPECT_EQ(centrals(), "n1");
  EXPECT_TRUE(problems.empty());
}

TEST_F(PlacementTest, a_standalone_database_that_nobody_asked_for_is_a_problem) {
  nodes(2);
  services("n2", {"chassis", "switch"});
  facts.set({"n2", DatabaseFileLook{Database::northbound}}, Seen{DatabaseFileSeen{}});
  EXPECT_EQ(centrals(), "n1");
  EXPECT_EQ(problems,
            std::vector<std::string>{"n2 holds a standalone database, and the file does not make it a "
                                     "central; kiln leaves it as it is"});
}

TEST_F(PlacementTest, a_database_of_our_own_beside_the_centrals_of_somebody_else_is_a_problem) {
  nodes(2);
  services("n2", {"chassis", "switch"});
  holds("n2");
  desired.cluster.central_ips = {"192.0.2.101"};
  EXPECT_EQ(centrals(), "");
  EXPECT_EQ(problems, std::vector<std::string>{
                          "n2 holds a central database, which nobody uses while [cluster] central-ips is "
                          "set; kiln leaves it as it is"});
}

TEST_F(PlacementTest, a_node_that_does_not_answer_keeps_the_place_that_it_may_have) {
  nodes(4, {"a", "b", "a", "c"});
  holds("n1");
  holds("n2");
  silent("n3");
  EXPECT_EQ(centrals(), "n1 n2 n3");
}

TEST_F(PlacementTest, a_node_that_does_not_answer_is_a_problem) {
  nodes(3);
  silent("n3");
  centrals();
  EXPECT_EQ(problems.size(), 1U);
}

TEST_F(PlacementTest, without_nodes_there_is_nobody) {
  EXPECT_EQ(centrals(), "");
}

}  // namespace
}  // namespace kiln::resources
