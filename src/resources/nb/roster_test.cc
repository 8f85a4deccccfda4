#include "resources/nb/roster.h"

#include "resources/resource_for_test.h"

namespace kiln::resources::roster_test {
namespace {

/// The keys of NB_Global's external_ids.
void see_keys(Bench& bench, const std::map<std::string, std::string>& keys) {
  bench.see(kCluster, roster_look(), RowsSeen({{row(1), {{"external_ids", ids(keys)}}}}));
}

TEST(RosterEntry, is_the_address_and_what_is_not_as_in_ssh) {
  NodeSpec node;
  node.address = "192.0.2.14";
  EXPECT_EQ(entry_of(node, {}).text(), "192.0.2.14");
  node.ssh.port = 2222;
  node.ssh.user = "admin";
  node.ssh.identity_file = "/home/me/.ssh/id";
  EXPECT_EQ(entry_of(node, {}).text(), "192.0.2.14 port=2222 user=admin");
  EXPECT_EQ(entry_of(node, node.ssh).text(), "192.0.2.14");
}

TEST(RosterEntry, is_read_as_it_was_written) {
  NodeSpec node;
  node.address = "2001:db8::1";
  node.ssh.host = "n1.example";
  node.ssh.jump = "me@jump:22";
  SshSpec defaults;
  defaults.become = "sudo";
  const RosterEntry entry = entry_of(node, defaults);
  EXPECT_EQ(entry.text(), "2001:db8::1 become= host=n1.example jump=me@jump:22");
  EXPECT_EQ(read_entry(entry.text()), entry);
}

TEST(Node, that_is_not_remembered_is) {
  Bench bench;
  see_keys(bench, {{"theirs", "x"}});
  EXPECT_EQ(bench.verdict(node_id("n1")), "absent");
  EXPECT_EQ(bench.steps(node_id("n1")),
            "node/n1:key (pool rows)\n"
            "  in OVN_Northbound\n"
            "    mutate NB_Global: external_ids insert {kiln-node-n1=192.0.2.11}\n");
}

/// Whoever may write to the northbound may have written it: how a node is reached is no word of its.
TEST(Node, is_remembered_by_its_address_alone) {
  Bench bench;
  bench.desired.nodes["n1"].ssh.port = 2222;
  bench.desired.nodes["n1"].ssh.jump = "me@jump";
  see_keys(bench, {});
  EXPECT_NE(bench.steps(node_id("n1")).find("insert {kiln-node-n1=192.0.2.11}"), std::string::npos);
}

TEST(Node, is_as_wanted) {
  Bench bench;
  see_keys(bench, {{"kiln-node-n1", "192.0.2.11"}});
  EXPECT_EQ(bench.verdict(node_id("n1")), "as wanted");
}

TEST(Node, whose_ssh_is_other_is_written_anew) {
  Bench bench;
  see_keys(bench, {{"kiln-node-n1", "192.0.2.11 port=2222"}});
  EXPECT_EQ(bench.verdict(node_id("n1")), "ssh: port=2222 -> \n");
  EXPECT_EQ(bench.steps(node_id("n1")),
            "node/n1:key (pool rows)\n"
            "  in OVN_Northbound\n"
            "    mutate NB_Global: external_ids delete kiln-node-n1"
            " external_ids insert {kiln-node-n1=192.0.2.11}\n");
}

TEST(Node, at_another_address_is_replaced_when_all_of_it_has_moved) {
  Bench bench(2);
  see_keys(bench, {{"kiln-node-n2", "192.0.2.99"}});
  EXPECT_EQ(bench.verdict(node_id("n2")), "address: 192.0.2.99 -> 192.0.2.12\n");
  EXPECT_EQ(bench.needs(node_id("n2")), "listener/nb\ndatabase/n2/nb\ndatabase/n2/sb\nchassis/n2\n");
}

Bench with_n2_leaving() {
  Bench bench(2);
  see_keys(bench, {{"kiln-node-n2", "192.0.2.12"}});
  bench.desired.nodes["n2"].state = "absent";
  bench.placement.services.erase("n2");
  bench.placement.centrals = {"n1"};
  return bench;
}

TEST(Node, that_leaves_is_forgotten_after_all_that_is_of_it) {
  Bench bench = with_n2_leaving();
  bench.see("n2", FileLook{"/etc/kiln/ovn-controller.env"}, file("x"));
  EXPECT_EQ(bench.needs(node_id("n2")), "trust/n2\nchassis/n2\n");
  EXPECT_EQ(bench.verdict(node_id("n2")), "unknown: host: not looked at");
}

TEST(Node, that_leaves_and_does_not_answer_is_not_forgotten) {
  Bench bench = with_n2_leaving();
  bench.hide("n2", HostLook{});
  EXPECT_EQ(bench.verdict(node_id("n2")), "unknown: host: does not answer");
}

TEST(Node, that_never_was_remembered_needs_not_be_forgotten) {
  Bench bench(2);
  see_keys(bench, {});
  bench.desired.nodes["n2"].state = "absent";
  EXPECT_EQ(bench.find(node_id("n2")), nullptr);
}

TEST(Node, waits_for_the_one_that_is_on_its_machine) {
  Bench bench(2);
  see_keys(bench, {});
  bench.desired.waiting.insert(bench.desired.nodes.extract("n2"));
  bench.desired.waiting["n2"].after = "n4";
  bench.placement.services.erase("n2");
  bench.placement.centrals = {"n1"};
  EXPECT_EQ(bench.verdict(node_id("n2")),
            "foreign: n4 is on its machine and leaves first; n2 comes after that");
}

TEST(Node, is_nobodys_affair_where_the_databases_are_of_others) {
  Bench bench;
  bench.desired.cluster.central_ips = {"192.0.2.99"};
  EXPECT_EQ(bench.find(node_id("n1")), nullptr);
}

}  // namespace
}  // namespace kiln::resources::roster_test
