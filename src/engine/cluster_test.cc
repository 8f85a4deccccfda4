#include "engine/cluster.h"

#include <gtest/gtest.h>

#include "engine/fakes_for_test.h"

namespace kiln::engine::cluster_test {
namespace {

const RowsLook kPorts{Database::northbound, "Logical_Switch_Port", {"name", "up"}};

class ClusterTest : public testing::Test {
 protected:
  ClusterTest() { transport_.otherwise = Absent{}; }
  void set(const HostName& host, Fact fact) {
    transport_.answers[{host, DatabaseLook{Database::northbound}}] = std::move(fact);
  }
  void serve(const HostName& host) { transport_.answers[{host, kPorts}] = Seen{RowsSeen{}}; }
  Facts look() {
    transport_.looked.clear();
    return cluster_.look(Database::northbound, {kPorts});
  }

  Desired desired_ = centrals(3);
  FakeTransport transport_;
  Cluster cluster_{desired_, transport_, Duration{1000}};
};

TEST_F(ClusterTest, asks_nobody_after_a_leader_and_remembers_it) {
  set("n1", server(true, false));
  set("n2", server(true, true));
  EXPECT_EQ(cluster_.find(Database::northbound).usable, (std::vector<HostName>{"n2", "n1"}));
  EXPECT_EQ(transport_.looked, (std::vector<HostName>{"n1", "n2"}));
  cluster_.find(Database::northbound);
  EXPECT_EQ(transport_.looked, (std::vector<HostName>{"n1", "n2", "n2"}));
}

TEST_F(ClusterTest, follows_a_leader_that_moves) {
  set("n1", server(true, true));
  cluster_.find(Database::northbound);
  set("n1", server(true, false));
  set("n3", server(true, true));
  EXPECT_EQ(cluster_.find(Database::northbound).usable, (std::vector<HostName>{"n3", "n1"}));
}

TEST_F(ClusterTest, rows_come_from_whom_was_found_last_until_that_one_is_silent) {
  set("n1", server(true, true));
  serve("n1");
  EXPECT_TRUE(look().seen<RowsSeen>(kCluster, kPorts));
  look();
  EXPECT_EQ(transport_.looked, (std::vector<HostName>{"n1"}));
  set("n1", Absent{});
  transport_.answers.erase({"n1", kPorts});
  set("n2", server(true, true));
  serve("n2");
  EXPECT_TRUE(look().seen<RowsSeen>(kCluster, kPorts));
  EXPECT_EQ(transport_.looked.back(), "n2");
}

TEST_F(ClusterTest, nobody_connected_is_unknown_and_nobody_at_all_is_absent) {
  EXPECT_TRUE(look().absent(kCluster, kPorts));
  set("n2", server(false, false));
  EXPECT_EQ(look().unknown(kCluster, kPorts),
            "table Logical_Switch_Port of OVN_Northbound: no member of OVN_Northbound can be asked: n2: not "
            "connected to its cluster");
}

/// What a package has made for itself runs on n1, and says that it leads.
TEST_F(ClusterTest, a_standalone_database_without_rows_does_not_speak_for_one_with_rows) {
  DatabaseSeen standalone;
  standalone.model = "standalone";
  standalone.connected = standalone.leader = true;
  DatabaseFileSeen file;
  set("n1", Seen{standalone});
  file.used = false;
  transport_.answers[{"n1", DatabaseFileLook{Database::northbound}}] = Seen{file};
  EXPECT_EQ(cluster_.find(Database::northbound).usable, (std::vector<HostName>{"n1"}));
  file.used = true;
  transport_.answers[{"n2", DatabaseFileLook{Database::northbound}}] = Seen{file};
  EXPECT_EQ(cluster_.find(Database::northbound).why,
            "no member of OVN_Northbound can be asked: n2: its server does not run");
  set("n2", Seen{standalone});
  EXPECT_EQ(cluster_.find(Database::northbound).usable, (std::vector<HostName>{"n2"}));
  set("n3", server(true, false));
  EXPECT_EQ(cluster_.find(Database::northbound).usable, (std::vector<HostName>{"n3", "n2"}));
}

TEST_F(ClusterTest, nodes_with_auto_services_may_be_central_and_others_may_not) {
  desired_.nodes["n1"].services = {"chassis"};
  desired_.nodes["n2"].auto_services = true;
  desired_.nodes["n2"].services = {};
  EXPECT_EQ(possible_centrals(desired_), (std::vector<HostName>{"n2", "n3"}));
}

}  // namespace
}  // namespace kiln::engine::cluster_test
