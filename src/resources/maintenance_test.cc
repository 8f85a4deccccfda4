#include "resources/central/central.h"
#include "resources/resource_for_test.h"

// Nodes with state = "maintenance": they stay what they are, and do no work.

namespace kiln::resources::maintenance_test {
namespace {

const ResourceId kNb{"database", "n1/nb"};
const ResourceId kNorthd{"northd", "n1"};
const ResourceId kChassis{"chassis", "n1"};
const UnitLook kNorthdService{"ovn-northd.service"};
const UnitLook kControllerService{"ovn-controller.service"};

UnitSeen masked(UnitSeen unit) {
  unit.load_state = "masked";
  unit.file_state = "masked";
  return unit;
}

RaftSeen member(const std::string& role, const std::string& leader) {
  RaftSeen raft;
  raft.status = "cluster member";
  raft.role = role;
  raft.leader = leader;
  for (int node = 1; node <= 3; ++node) {
    RaftServerSeen server;
    server.address = ssl_address("192.0.2.1" + std::to_string(node), raft_port(Database::northbound));
    server.server_id = "000" + std::to_string(node);
    raft.servers.push_back(server);
  }
  return raft;
}

/// Three centrals, well; n1 leads the northbound and is to go into maintenance.
Bench draining() {
  Bench bench(3);
  for (const char* node : {"n1", "n2", "n3"}) {
    const std::string number(1, node[1]);
    DatabaseFileSeen file;
    file.clustered = true;
    file.cluster_id = row(9).text();
    file.server_id = "000" + number + "cdef-1111-4222-8333-444444444444";
    file.local_address = ssl_address("192.0.2.1" + number, raft_port(Database::northbound));
    bench.see(node, DatabaseFileLook{Database::northbound}, file);
    bench.see(node, RaftLook{Database::northbound}, member("follower", "0001"));
    bench.see(
        node, UnitLook{"ovn-ovsdb-server-nb.service"},
        running({"ovsdb-server", "--private-key=/etc/kiln/pki/ovn-northbound/key.pem",
                 "--certificate=/etc/kiln/pki/ovn-northbound/cert.pem", "--ca-cert=/etc/kiln/pki/ca.pem"}));
  }
  bench.see("n1", RaftLook{Database::northbound}, member("leader", "self"));
  for (const ResourceId& id : {kNb, kNorthd, kChassis}) bench.put_files(id);
  bench.see("n1", kNorthdService, running({"ovn-northd"}));
  bench.see("n1", kControllerService, running({"ovn-controller"}));
  for (const char* unit : {"ovn-central.service", "ovn-host.service"})
    bench.see("n1", UnitLook{unit}, running());
  bench.lack("n1", CardLook{});
  bench.see_rows("n1", Database::open_vswitch, "Open_vSwitch",
                 {{row(1),
                   {{"external_ids", ids({{"system-id", "n1"},
                                          {"ovn-remote",
                                           "ssl:192.0.2.11:6642,ssl:192.0.2.12:6642,"
                                           "ssl:192.0.2.13:6642"},
                                          {"ovn-encap-type", "geneve"},
                                          {"ovn-encap-ip", "192.0.2.11"},
                                          {"ovn-remote-probe-interval", "60000"}})}}}});
  for (const char* table : {"Chassis", "Chassis_Private"})
    bench.see_rows(kCluster, Database::southbound, table, {{row(1), {{"name", "n1"}}}});
  bench.desired.nodes["n1"].state = "maintenance";
  return bench;
}

TEST(Maintenance, a_member_that_leads_hands_over) {
  Bench bench = draining();
  EXPECT_EQ(bench.verdict(kNb), "leads: yes -> no\n");
  EXPECT_EQ(bench.steps(kNb),
            "database/n1/nb:hand-over (risk control-plane, pool raft/nb)\n"
            "  hand over the leadership of OVN_Northbound\n"
            "  until OVN_Northbound led by another member on n1\n");
}

TEST(Maintenance, a_member_that_follows_is_as_wanted) {
  Bench bench = draining();
  bench.see("n1", RaftLook{Database::northbound}, member("follower", "0002"));
  EXPECT_EQ(bench.verdict(kNb), "as wanted");
}

TEST(Maintenance, who_leads_is_no_matter_where_nobody_is_drained) {
  Bench bench = draining();
  bench.desired.nodes["n1"].state = "present";
  EXPECT_EQ(bench.verdict(kNb), "as wanted");
}

// To whom it goes is up to RAFT: two would hand it to each other for ever.
TEST(Maintenance, one_of_two_that_are_drained_keeps_the_leadership) {
  Bench bench = draining();
  bench.desired.nodes["n2"].state = "maintenance";
  EXPECT_EQ(bench.verdict(kNb), "as wanted");
}

TEST(Maintenance, nothing_is_handed_over_while_a_member_is_not_well) {
  Bench bench = draining();
  bench.see("n3", RaftLook{Database::northbound}, member("follower", "unknown"));
  EXPECT_EQ(
      bench.steps(kNb),
      "refused: n1 does not hand over OVN_Northbound: the member of OVN_Northbound on n3 knows no leader");
}

TEST(Maintenance, northd_is_stopped_once_another_is_there_and_masked) {
  Bench bench = draining();
  EXPECT_EQ(bench.verdict(kNorthd), "ovn-northd.service: active -> masked\n");
  EXPECT_EQ(bench.steps(kNorthd),
            "northd/n1:drain (risk control-plane, pool northd)\n"
            "  stop ovn-northd.service\n"
            "  mask ovn-northd.service\n"
            "  until ovn-northd active on n2 or n3 on n1\n");
  EXPECT_TRUE(bench.needs(kNorthd).starts_with("northd/n2\nnorthd/n3\n")) << bench.needs(kNorthd);
}

TEST(Maintenance, a_unit_that_is_masked_and_still_runs_is_not_drained) {
  Bench bench = draining();
  bench.see("n1", kNorthdService, masked(running({"ovn-northd"})));
  EXPECT_EQ(bench.verdict(kNorthd), "ovn-northd.service: active -> masked\n");
  bench.see("n1", kNorthdService, masked(in_state(running(), "inactive")));
  EXPECT_EQ(bench.verdict(kNorthd), "as wanted");
}

TEST(Maintenance, the_controller_exits_and_its_rows_are_seen_to_go) {
  Bench bench = draining();
  EXPECT_EQ(bench.verdict(kChassis),
            "ovn-controller.service: active -> masked\n"
            "southbound: registered -> not registered\n");
  EXPECT_EQ(bench.steps(kChassis),
            "chassis/n1:drain (risk data-plane)\n"
            "  stop ovn-controller.service\n"
            "  mask ovn-controller.service\n"
            "chassis/n1:forget (risk data-plane)\n"
            "  in OVN_Southbound\n"
            "    delete Chassis #1\n"
            "    delete Chassis_Private #1\n"
            "  until chassis n1 not in OVN_Southbound on cluster\n");
}

TEST(Maintenance, the_southbound_of_others_is_not_written) {
  Bench bench = draining();
  bench.desired.cluster.central_ips = {"203.0.113.1"};
  EXPECT_EQ(bench.steps(kChassis).find("OVN_Southbound"), std::string::npos);
}

TEST(Maintenance, both_start_again_after_it) {
  Bench bench = draining();
  bench.desired.nodes["n1"].state = "present";
  bench.see("n1", kNorthdService, masked(in_state(running(), "inactive")));
  bench.see("n1", kControllerService, masked(in_state(running(), "inactive")));
  for (const char* table : {"Chassis", "Chassis_Private"})
    bench.see_rows(kCluster, Database::southbound, table, {});
  const std::string northd = bench.steps(kNorthd);
  EXPECT_NE(northd.find("  unmask ovn-northd.service\n  start ovn-northd.service\n"), std::string::npos)
      << northd;
  const std::string chassis = bench.steps(kChassis);
  EXPECT_NE(chassis.find("  unmask ovn-controller.service\n  start ovn-controller.service\n"),
            std::string::npos)
      << chassis;
}

// No unit stays masked on a host that kiln has left.
TEST(Maintenance, what_leaves_after_it_is_unmasked) {
  Bench bench = draining();
  bench.desired.nodes["n1"].state = "absent";
  bench.placement.services["n1"] = {};
  bench.placement.centrals = {"n2", "n3"};
  bench.see("n1", kNorthdService, masked(in_state(running(), "inactive")));
  bench.see("n1", kControllerService, masked(in_state(running(), "inactive")));
  EXPECT_NE(bench.steps(kNorthd).find("  unmask ovn-northd.service\n"), std::string::npos);
  EXPECT_NE(bench.steps(kChassis).find("  unmask ovn-controller.service\n"), std::string::npos);
}

TEST(Maintenance, a_new_central_is_chosen_among_the_others_first) {
  Bench bench(3);
  bench.desired.central.count = 1;
  for (auto& [name, node] : bench.desired.nodes) {
    node.auto_services = true;
    node.services.clear();
    for (const Database database : {Database::northbound, Database::southbound})
      bench.lack(name, DatabaseFileLook{database});
  }
  bench.desired.nodes["n1"].state = "maintenance";
  std::vector<std::string> problems;
  EXPECT_EQ(place(bench.desired, bench.facts, problems).centrals, std::vector<std::string>{"n2"});
}

}  // namespace
}  // namespace kiln::resources::maintenance_test
