#include "engine/former_nodes.h"

#include <gtest/gtest.h>

#include "resources/nb/roster.h"

namespace kiln::engine {
namespace {

Facts with_roster(const std::map<std::string, std::string>& keys) {
  ovsdb::Table rows;
  rows[Uuid{}] = {{"external_ids", ovsdb::Value::string_map(keys)}};
  Facts facts;
  facts.set({kCluster, resources::roster_look()}, Seen(RowsSeen(rows)));
  return facts;
}

Desired with_nodes(const std::vector<std::string>& names) {
  Desired desired;
  for (const std::string& name : names) {
    NodeSpec& node = desired.nodes[name];
    node.name = name;
    node.address = "192.0.2.1" + name.substr(1);
  }
  return desired;
}

/// Of the northbound's word, which anybody may have written there, only name and address count.
TEST(FormerNodes, are_absent_and_reached_as_this_machine_knows) {
  Desired desired = with_nodes({"n1"});
  desired.ssh.identity_file = "/home/me/.ssh/id";
  desired.way_to_former = [ssh = desired.ssh](const std::string& node, const std::string& address) {
    EXPECT_EQ(node + ' ' + address, "n4 192.0.2.14");
    return ssh_of("192.0.2.14 become=sudo jump=me@jump port=2222 user=admin", ssh);
  };
  const Desired whole = with_former_nodes(
      desired, with_roster({{"kiln-node-n1", "192.0.2.11"},
                            {"kiln-node-n4", "192.0.2.14 host=evil jump=evil port=666 user=evil"}}));
  ASSERT_EQ(whole.nodes.size(), 2U);
  EXPECT_FALSE(whole.nodes.at("n4").out_of_reach);
  EXPECT_EQ(whole.nodes.at("n4").ssh.host, "");
  const NodeSpec& node = whole.nodes.at("n4");
  EXPECT_TRUE(node.former);
  EXPECT_EQ(node.state, "absent");
  EXPECT_EQ(node.address, "192.0.2.14");
  EXPECT_FALSE(node.auto_services);
  EXPECT_EQ(node.ssh.port, 2222);
  EXPECT_EQ(node.ssh.user, "admin");
  EXPECT_EQ(node.ssh.become, "sudo");
  EXPECT_EQ(node.ssh.jump, "me@jump");
  EXPECT_EQ(node.ssh.identity_file, "/home/me/.ssh/id");
  EXPECT_TRUE(has_more_nodes(whole, desired));
  EXPECT_FALSE(whole.nodes.at("n1").former);
}

TEST(FormerNodes, whose_address_nobody_here_knows_are_not_contacted) {
  const Desired desired = with_nodes({"n1"});
  const Desired whole = with_former_nodes(desired, with_roster({{"kiln-node-n4", "192.0.2.14"}}));
  EXPECT_TRUE(whole.nodes.at("n4").out_of_reach);
  struct Reached : transport::Transport {
    Facts look(const HostName&, const std::vector<Look>&, Duration) override { return {}; }
    Result<transport::Outcome> act(const HostName&, const Action&, Duration) override {
      return transport::Outcome{};
    }
    Result<transport::DatabaseCopy> copy_database(const HostName&, Database, const std::string&,
                                                  Duration) override {
      return fail(ErrorCode::failed, "no");
    }
    transport::Counters counters() const override { return {}; }
    void add(const NodeSpec& node) override { ADD_FAILURE() << node.name; }
  } reached;
  reach_former_nodes(whole, reached);
}

TEST(FormerNodes, are_none_where_the_file_has_all_or_calls_them_dead) {
  Desired desired = with_nodes({"n1", "n2"});
  desired.dead.insert(desired.nodes.extract("n2"));
  const Desired whole = with_former_nodes(
      desired, with_roster({{"kiln-node-n1", "192.0.2.11"}, {"kiln-node-n2", "192.0.2.12"}}));
  EXPECT_EQ(whole.nodes.size(), 1U);
  EXPECT_FALSE(has_more_nodes(whole, desired));
}

TEST(FormerNodes, are_none_where_the_databases_are_of_others) {
  Desired desired = with_nodes({"n1"});
  desired.cluster.central_ips = {"192.0.2.99"};
  EXPECT_EQ(with_former_nodes(desired, with_roster({{"kiln-node-n4", "192.0.2.14"}})).nodes.size(), 1U);
}

/// Whoever may write to the northbound must not make kiln run anything here.
TEST(FormerNodes, are_only_what_a_file_could_say) {
  const Desired desired = with_nodes({"n1"});
  for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
           {"n4", ""}, {"n4", "-oProxyCommand=x"}, {"n4", "not an address"}, {"../n4", "192.0.2.14"}})
    EXPECT_EQ(with_former_nodes(desired, with_roster({{"kiln-node-" + name, value}})).nodes.size(), 1U)
        << name << ": " << value;
  for (const char* way :
       {"192.0.2.14 jump=-oProxyCommand=touch", "192.0.2.14 user=-x", "192.0.2.14 host=-x",
        "192.0.2.14 become=/bin/sh", "192.0.2.14 port=0", "192.0.2.14 port=22x", "192.0.2.14 host-key=x"})
    EXPECT_FALSE(ssh_of(way, {})) << way;
}

TEST(FormerNodes, leave_before_another_name_comes_to_their_machine) {
  Desired desired = with_nodes({"n1", "n9"});
  desired.nodes.at("n9").address = "192.0.2.14";
  const Desired whole = with_former_nodes(
      desired, with_roster({{"kiln-node-n1", "192.0.2.11"}, {"kiln-node-n4", "192.0.2.14"}}));
  EXPECT_TRUE(whole.nodes.contains("n4"));
  EXPECT_FALSE(whole.nodes.contains("n9"));
  ASSERT_TRUE(whole.waiting.contains("n9"));
  EXPECT_EQ(whole.waiting.at("n9").after, "n4");
}

TEST(FormerNodes, do_not_push_out_who_has_a_place_already) {
  Desired desired = with_nodes({"n1", "n2"});
  desired.nodes.at("n2").address = "192.0.2.14";
  const Desired whole = with_former_nodes(
      desired, with_roster({{"kiln-node-n2", "192.0.2.12"}, {"kiln-node-n4", "192.0.2.14"}}));
  EXPECT_TRUE(whole.nodes.contains("n2"));
  EXPECT_TRUE(whole.waiting.empty());
}

}  // namespace
}  // namespace kiln::engine
