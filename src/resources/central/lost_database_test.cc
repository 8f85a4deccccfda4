#include "resources/central/central.h"
#include "resources/resource_for_test.h"

// A member on a node that the file no longer makes a central.

namespace kiln::resources::lost_database_test {
namespace {

const ResourceId kNb{"database", "n3/nb"};
const ResourceId kSb{"database", "n3/sb"};

DatabaseFileSeen member_file(int node, Database database) {
  DatabaseFileSeen file;
  file.clustered = true;
  file.cluster_id = row(9).text();
  file.server_id = "000" + std::to_string(node) + "cdef-1111-4222-8333-444444444444";
  file.local_address = ssl_address("192.0.2.1" + std::to_string(node), raft_port(database));
  return file;
}

RaftSeen well(Database database, const std::vector<int>& members) {
  RaftSeen raft;
  raft.cluster_id = row(9).text();
  raft.status = "cluster member";
  raft.leader = "self";
  for (const int node : members) {
    RaftServerSeen server;
    server.address = member_file(node, database).local_address;
    server.server_id = "000" + std::to_string(node);
    raft.servers.push_back(server);
  }
  return raft;
}

/// n1, n2 and n3 are members and well; n3 is to be none.
Bench three() {
  Bench bench(3);
  bench.placement.services["n3"] = {"chassis", "switch"};
  bench.placement.centrals = {"n1", "n2"};
  for (int node = 1; node <= 3; ++node)
    for (const Database database : {Database::northbound, Database::southbound}) {
      const std::string host = "n" + std::to_string(node);
      bench.see(host, DatabaseFileLook{database}, member_file(node, database));
      bench.see(host, RaftLook{database}, well(database, {1, 2, 3}));
      bench.see(host, UnitLook{std::string(server_unit(database))}, running());
      bench.see(host, UnitLook{"ovn-central.service"}, running());
    }
  return bench;
}

void n1_leads(Bench& bench, Database database) {
  RaftSeen leader = well(database, {1, 2, 3});
  leader.role = "leader";
  bench.see("n1", RaftLook{database}, leader);
}

TEST(LostDatabase, leaves_and_its_file_goes_last) {
  Bench bench = three();
  EXPECT_EQ(bench.verdict(kNb), "not wanted");
  EXPECT_EQ(bench.steps(kNb),
            "database/n3/nb:leave (risk quorum, pool raft/nb, irreversible)\n"
            "  only if OVN_Northbound with its members, all connected but ssl:192.0.2.13:6643\n"
            "  leave OVN_Northbound\n"
            "  until OVN_Northbound without ssl:192.0.2.13:6643 on n1\n"
            "  until OVN_Northbound without ssl:192.0.2.13:6643 on n2\n"
            "database/n3/nb:retire\n"
            "  only if OVN_Northbound without the server 0003\n"
            "  stop ovn-ovsdb-server-nb.service\n"
            "  remove /etc/kiln/ovn-nb.env\n"
            "  remove /etc/systemd/system/ovn-ovsdb-server-nb.service.d/50-kiln.conf\n"
            "  systemctl daemon-reload\n"
            "  move /var/lib/ovn/ovnnb_db.db to a folder beside it\n");
}

// In a split, or where an old machine comes back: its rows are others, unless kiln recover has replaced them.
TEST(LostDatabase, of_another_cluster_is_let_go_only_if_a_recovery_replaced_that) {
  Bench bench = three();
  for (const char* node : {"n1", "n2"})
    bench.see(node, RaftLook{Database::northbound}, well(Database::northbound, {1, 2}));
  DatabaseFileSeen other = member_file(3, Database::northbound);
  other.cluster_id = row(8).text();
  bench.see("n3", DatabaseFileLook{Database::northbound}, other);
  bench.hide("n3", RaftLook{Database::northbound});
  const auto let_go = [&] {
    return was_let_go(other, listed_servers(bench.desired, bench.facts, Database::northbound),
                      known_clusters(bench.desired, bench.facts, Database::northbound));
  };
  EXPECT_FALSE(let_go());
  DatabaseFileSeen recovered = member_file(2, Database::northbound);
  recovered.replaced = {other.cluster_id};
  bench.see("n2", DatabaseFileLook{Database::northbound}, recovered);
  EXPECT_TRUE(let_go());
}

// kiln was killed between its join and its server's start, and the file says again what it said before.
TEST(LostDatabase, one_that_was_about_to_join_has_nothing_to_leave) {
  Bench bench = three();
  DatabaseFileSeen file = member_file(3, Database::northbound);
  file.cluster_id.clear();
  file.used = false;
  bench.see("n3", DatabaseFileLook{Database::northbound}, file);
  bench.lack("n3", RaftLook{Database::northbound});
  bench.lack("n3", UnitLook{std::string(server_unit(Database::northbound))});
  for (const char* node : {"n1", "n2"})
    bench.see(node, RaftLook{Database::northbound}, well(Database::northbound, {1, 2}));
  EXPECT_EQ(bench.steps(kNb).find("leave"), std::string::npos);
  EXPECT_NE(bench.steps(kNb).find("  only if OVN_Northbound without the server 0003\n"), std::string::npos);
}

// Ids are listed by four digits: one in 65,536 pairs of servers share them.
TEST(LostDatabase, a_server_is_let_go_though_another_has_the_same_short_id) {
  Bench bench = three();
  RaftSeen raft = well(Database::northbound, {1, 2});
  raft.servers.back().server_id = "0003";
  for (const char* node : {"n1", "n2"}) bench.see(node, RaftLook{Database::northbound}, raft);
  bench.hide("n3", RaftLook{Database::northbound});
  EXPECT_TRUE(was_let_go(member_file(3, Database::northbound),
                         listed_servers(bench.desired, bench.facts, Database::northbound),
                         known_clusters(bench.desired, bench.facts, Database::northbound)));
}

// As after a join by hand under the address of a server that the others still list, in either order.
TEST(LostDatabase, a_server_that_is_listed_twice_at_its_address_has_not_been_let_go) {
  for (const bool first : {true, false}) {
    Bench bench = three();
    RaftSeen raft = well(Database::northbound, {1, 2, 3});
    RaftServerSeen old = raft.servers.back();
    old.server_id = "dead";
    raft.servers.insert(first ? raft.servers.begin() : raft.servers.end(), old);
    for (const char* node : {"n1", "n2", "n3"}) bench.see(node, RaftLook{Database::northbound}, raft);
    const Servers servers = listed_servers(bench.desired, bench.facts, Database::northbound);
    EXPECT_EQ(servers.at(old.address), "0003");
    EXPECT_FALSE(was_let_go(member_file(3, Database::northbound), servers,
                            known_clusters(bench.desired, bench.facts, Database::northbound)));
  }
}

// ovn-central.service stops both servers when it stops.
TEST(LostDatabase, the_southbound_goes_after_the_northbound_and_stops_the_whole) {
  Bench bench = three();
  EXPECT_NE(bench.needs(kSb).find("database/n3/nb\n"), std::string::npos);
  EXPECT_EQ(bench.steps(kNb).find("stop ovn-central.service"), std::string::npos);
  EXPECT_NE(bench.steps(kSb).find("  stop ovn-central.service\n  move /var/lib/ovn/ovnsb_db.db"),
            std::string::npos)
      << bench.steps(kSb);
}

TEST(LostDatabase, those_that_stay_are_there_and_known_to_everybody_first) {
  EXPECT_EQ(three().needs(kNb),
            "database/n1/nb\nnorthd/n1\ndatabase/n2/nb\nnorthd/n2\nlistener/nb\nelection-timer/nb\nnorthd/"
            "n3\nchassis/n1\nclient/n1\nchassis/n2\nclient/n2\nchassis/n3\nclient/n3\n");
}

TEST(LostDatabase, one_member_leaves_after_the_other) {
  Bench bench = three();
  bench.placement.services["n2"] = {"chassis", "switch"};
  bench.placement.centrals = {"n1"};
  EXPECT_NE(bench.needs(kNb).find("database/n2/sb\n"), std::string::npos);
}

TEST(LostDatabase, what_has_left_is_only_put_aside) {
  Bench bench = three();
  bench.see("n1", RaftLook{Database::northbound}, well(Database::northbound, {1, 2}));
  bench.see("n2", RaftLook{Database::northbound}, well(Database::northbound, {1, 2}));
  bench.hide("n3", RaftLook{Database::northbound});
  EXPECT_EQ(bench.verdict(kNb), "not wanted");
  EXPECT_TRUE(bench.steps(kNb).starts_with("database/n3/nb:retire\n")) << bench.steps(kNb);
}

TEST(LostDatabase, whose_server_refuses_its_file_is_let_go_by_the_others) {
  Bench bench = three();
  n1_leads(bench, Database::northbound);
  bench.lack("n3", RaftLook{Database::northbound});
  DatabaseFileSeen file = member_file(3, Database::northbound);
  file.refused = "record 41";
  bench.see("n3", DatabaseFileLook{Database::northbound}, file);
  const std::string steps = bench.steps(kNb);
  EXPECT_TRUE(
      steps.starts_with("database/n3/nb:kick (risk quorum, pool raft/nb, irreversible)\n"
                        "  only if OVN_Northbound with its members, all connected but ssl:192.0.2.13:6643\n"
                        "  kick server 0003 of OVN_Northbound\n"))
      << steps;
  EXPECT_EQ(steps.find("leave OVN_Northbound"), std::string::npos) << steps;
  EXPECT_NE(steps.find("  move /var/lib/ovn/ovnnb_db.db"), std::string::npos) << steps;
}

TEST(LostDatabase, a_server_that_is_down_is_started_to_leave) {
  Bench bench = three();
  bench.see("n3", UnitLook{"ovn-ovsdb-server-nb.service"}, in_state(running(), "inactive"));
  EXPECT_NE(bench.steps(kNb).find("  start ovn-ovsdb-server-nb.service\n  leave OVN_Northbound\n"),
            std::string::npos)
      << bench.steps(kNb);
}

TEST(LostDatabase, nobody_leaves_while_a_member_is_not_well) {
  struct Case {
    std::function<void(Bench& bench)> make;
    const char* why;
  };
  const std::vector<Case> cases = {
      {[](Bench& bench) { bench.lack("n2", RaftLook{Database::northbound}); },
       "the member of OVN_Northbound on n2 does not run or does not answer"},
      {[](Bench& bench) { bench.hide("n2", DatabaseFileLook{Database::northbound}); },
       "n2 has not said whether it is a member of OVN_Northbound"},
      {[](Bench& bench) {
         RaftSeen raft = well(Database::northbound, {1, 2, 3});
         raft.leader = "unknown";
         bench.see("n2", RaftLook{Database::northbound}, raft);
       },
       "the member of OVN_Northbound on n2 knows no leader"},
      {[](Bench& bench) {
         bench.see("n1", RaftLook{Database::northbound}, well(Database::northbound, {1, 2, 3, 9}));
       },
       "ssl:192.0.2.19:6643 is a member of OVN_Northbound and no node of the file"},
      {[](Bench& bench) { bench.placement.centrals.clear(); }, kLastCentral}};
  for (const Case& one : cases) {
    Bench bench = three();
    one.make(bench);
    EXPECT_EQ(bench.steps(kNb), std::string("refused: n3 does not leave OVN_Northbound: ") + one.why);
  }
}

TEST(LostDatabase, the_last_one_is_put_aside_where_the_file_says_that_this_is_meant) {
  Bench bench = three();
  bench.placement.centrals.clear();
  bench.desired.safety.allow_last_central_removal = true;
  EXPECT_TRUE(
      bench.steps(kNb).starts_with("database/n3/nb:retire (risk quorum, irreversible)\n"
                                   "  stop ovn-ovsdb-server-nb.service\n"))
      << bench.steps(kNb);
}

/// n3 is powered off for good.
Bench with_a_dead_node() {
  Bench bench = three();
  for (const Database database : {Database::northbound, Database::southbound}) n1_leads(bench, database);
  bench.desired.nodes["n3"].state = "dead";
  bench.desired.dead.insert(bench.desired.nodes.extract("n3"));
  bench.placement.services.erase("n3");
  bench.hide("n3", HostLook{});
  return bench;
}

/// n3 stays a central, and the file has another address for it.
Bench moved() {
  Bench bench = three();
  bench.placement.services["n3"].insert("central");
  bench.placement.centrals.push_back("n3");
  n1_leads(bench, Database::northbound);
  bench.put_files(kNb);
  bench.desired.nodes["n3"].address = "192.0.2.33";
  return bench;
}

const std::string kOptions = "database/n3/nb:configure\n  write /etc/kiln/ovn-nb.env\n";
const std::string kJoins =
    "database/n3/nb:retire\n"
    "  only if OVN_Northbound without the server 0003\n"
    "  stop ovn-ovsdb-server-nb.service\n"
    "  move /var/lib/ovn/ovnnb_db.db to a folder beside it\n"
    "database/n3/nb:join (risk quorum, pool raft/nb, irreversible)\n"
    "  only if OVN_Northbound with its members, all connected but ssl:192.0.2.33:6643\n"
    "  join OVN_Northbound as ssl:192.0.2.33:6643 by way of ssl:192.0.2.11:6643 ssl:192.0.2.12:6643\n"
    "database/n3/nb:start (risk quorum, pool raft/nb)\n"
    "  start ovn-ovsdb-server-nb.service\n"
    "  until OVN_Northbound connected and caught up on n3\n";

TEST(MovedMember, leaves_at_the_old_address_and_joins_at_the_new_one) {
  Bench bench = moved();
  EXPECT_EQ(bench.steps(kNb),
            kOptions +
                "database/n3/nb:leave (risk quorum, pool raft/nb, irreversible)\n"
                "  only if OVN_Northbound with its members, all connected but ssl:192.0.2.13:6643\n"
                "  leave OVN_Northbound\n"
                "  until OVN_Northbound without ssl:192.0.2.13:6643 on n1\n"
                "  until OVN_Northbound without ssl:192.0.2.13:6643 on n2\n" +
                kJoins);
}

TEST(MovedMember, that_reaches_nobody_any_more_is_let_go_by_its_id) {
  Bench bench = moved();
  RaftSeen alone = well(Database::northbound, {1, 2, 3});
  alone.leader = "unknown";
  bench.see("n3", RaftLook{Database::northbound}, alone);
  EXPECT_EQ(bench.steps(kNb),
            kOptions +
                "database/n3/nb:stop\n"
                "  only if OVN_Northbound with its members, all connected but ssl:192.0.2.13:6643\n"
                "  stop ovn-ovsdb-server-nb.service\n"
                "database/n3/nb:kick (risk quorum, pool raft/nb, irreversible)\n"
                "  only if OVN_Northbound with its members, all connected but ssl:192.0.2.13:6643\n"
                "  kick server 0003 of OVN_Northbound\n"
                "  until OVN_Northbound without ssl:192.0.2.13:6643 on n1\n"
                "  until OVN_Northbound without ssl:192.0.2.13:6643 on n2\n" +
                kJoins);
}

TEST(MovedMember, waits_while_another_is_down) {
  Bench bench = moved();
  bench.lack("n2", RaftLook{Database::northbound});
  EXPECT_EQ(
      bench.steps(kNb),
      "refused: n3 does not move to its new address: the member of OVN_Northbound on n2 does not run or "
      "does not answer");
}

TEST(MovedMember, waits_for_the_one_before_it) {
  Bench bench = moved();
  bench.desired.nodes["n2"].address = "192.0.2.32";
  EXPECT_EQ(bench.steps(kNb), "refused: one member of OVN_Northbound after the other moves: n2 is first");
}

TEST(DeadMember, is_kicked_by_its_id_at_the_leader_and_the_others_confirm) {
  Bench bench = with_a_dead_node();
  EXPECT_EQ(bench.verdict(kNb), "not wanted");
  EXPECT_EQ(bench.made(kNb).host(), "n1");
  EXPECT_EQ(bench.steps(kNb),
            "database/n3/nb:kick (risk quorum, pool raft/nb, irreversible)\n"
            "  only if OVN_Northbound with its members, all connected but ssl:192.0.2.13:6643, and nobody "
            "hears ssl:192.0.2.13:6643\n"
            "  kick server 0003 of OVN_Northbound\n"
            "  until OVN_Northbound without ssl:192.0.2.13:6643 on n1\n"
            "  until OVN_Northbound without ssl:192.0.2.13:6643 on n2\n");
  EXPECT_EQ(bench.needs(kSb), "database/n3/nb\n");
}

TEST(DeadMember, is_not_kicked_while_it_answers) {
  Bench bench = with_a_dead_node();
  bench.see("n3", HostLook{}, HostSeen{});
  EXPECT_EQ(bench.steps(kNb), "refused: n3 answers, so it is not dead: `state = \"absent\"` lets it leave");
}

TEST(DeadMember, is_not_kicked_while_another_member_is_down) {
  Bench bench = with_a_dead_node();
  bench.lack("n2", RaftLook{Database::northbound});
  EXPECT_EQ(
      bench.steps(kNb),
      "refused: OVN_Northbound does not let go of ssl:192.0.2.13:6643: the member of OVN_Northbound on n2 "
      "does not run or does not answer");
}

TEST(DeadMember, that_nobody_lists_is_gone) {
  Bench bench = with_a_dead_node();
  RaftSeen leader = well(Database::northbound, {1, 2});
  leader.role = "leader";
  bench.see("n1", RaftLook{Database::northbound}, leader);
  bench.see("n2", RaftLook{Database::northbound}, well(Database::northbound, {1, 2}));
  EXPECT_EQ(bench.find(kNb), nullptr);
}

// Its disk is empty, and the file no longer makes it a central.
TEST(DeadMember, of_a_machine_that_was_rebuilt_as_something_else_is_kicked) {
  Bench bench = three();
  n1_leads(bench, Database::northbound);
  bench.lack("n3", DatabaseFileLook{Database::northbound});
  bench.lack("n3", RaftLook{Database::northbound});
  bench.see("n3", HostLook{}, HostSeen{});
  EXPECT_NE(bench.steps(kNb).find("  kick server 0003 of OVN_Northbound\n"), std::string::npos)
      << bench.steps(kNb);
}

/// n3 is to be a central, and is listed as a member; no server of the northbound runs there.
Bench without_the_server_of_n3() {
  Bench bench = three();
  bench.placement.services["n3"] = {"central", "chassis", "switch"};
  bench.placement.centrals = {"n1", "n2", "n3"};
  n1_leads(bench, Database::northbound);
  bench.lack_all(kNb);
  bench.lack("n3", RaftLook{Database::northbound});
  return bench;
}

// The machine was rebuilt and is to be a central again.
TEST(DatabaseMember, on_an_empty_disk_the_old_server_is_let_go_before_the_new_one_joins) {
  Bench bench = without_the_server_of_n3();
  const std::string steps = bench.steps(kNb);
  const std::size_t kick = steps.find("  kick server 0003 of OVN_Northbound\n");
  const std::size_t join = steps.find("database/n3/nb:join");
  EXPECT_NE(kick, std::string::npos) << steps;
  EXPECT_LT(kick, join) << steps;
  // While it runs nobody knows what it holds in memory.
  bench.see("n3", RaftLook{Database::northbound}, well(Database::northbound, {1, 2, 3}));
  EXPECT_EQ(bench.steps(kNb), "refused: its server runs without a file: stop it first");
}

// It was kicked while it was down, and has come back.
TEST(DatabaseMember, that_was_let_go_puts_its_file_aside_and_joins_again) {
  Bench bench = three();
  bench.placement.services["n3"] = {"central", "chassis", "switch"};
  bench.placement.centrals = {"n1", "n2", "n3"};
  bench.lack_all(kNb);
  for (const char* node : {"n1", "n2"})
    bench.see(node, RaftLook{Database::northbound}, well(Database::northbound, {1, 2}));
  bench.see("n3", DatabaseFileLook{Database::northbound}, member_file(3, Database::northbound));
  RaftSeen alone = well(Database::northbound, {1, 2, 3});
  alone.status = "disconnected from the cluster (election timeout)";
  alone.leader = "unknown";
  bench.see("n3", RaftLook{Database::northbound}, alone);
  const std::string steps = bench.steps(kNb);
  EXPECT_NE(steps.find("database/n3/nb:retire\n"
                       "  only if OVN_Northbound without the server 0003\n"
                       "  stop ovn-ovsdb-server-nb.service\n"
                       "  move /var/lib/ovn/ovnnb_db.db to a folder beside it\n"
                       "database/n3/nb:join"),
            std::string::npos)
      << steps;
}

// The others know all that it knew, and no server starts with its file again.
TEST(DatabaseMember, whose_server_refuses_its_file_joins_anew_while_a_majority_is_there) {
  Bench bench = without_the_server_of_n3();
  DatabaseFileSeen file = member_file(3, Database::northbound);
  file.refused = "record 41 attempts to truncate log";
  bench.see("n3", DatabaseFileLook{Database::northbound}, file);
  const std::string steps = bench.steps(kNb);
  EXPECT_NE(steps.find("database/n3/nb:kick (risk quorum, pool raft/nb, irreversible)\n"
                       "  only if OVN_Northbound with its members, all connected but ssl:192.0.2.13:6643\n"
                       "  kick server 0003 of OVN_Northbound\n"),
            std::string::npos)
      << steps;
  EXPECT_NE(steps.find("database/n3/nb:retire\n"
                       "  only if OVN_Northbound without the server 0003\n"
                       "  stop ovn-ovsdb-server-nb.service\n"
                       "  reset-failed ovn-ovsdb-server-nb.service\n"
                       "  move /var/lib/ovn/ovnnb_db.db to a folder beside it\n"
                       "database/n3/nb:join"),
            std::string::npos)
      << steps;
  EXPECT_LT(steps.find(":kick"), steps.find(":retire"));
  // n1 may go on for a while as if it still led a majority.
  bench.lack("n2", RaftLook{Database::northbound});
  const std::string without =
      "refused: its server refuses its file (record 41 attempts to truncate log): it joins anew once "
      "OVN_Northbound has a majority; without one that will come back, `kiln recover --db nb`";
  EXPECT_EQ(bench.steps(kNb), without);
  bench.lack("n1", RaftLook{Database::northbound});
  EXPECT_EQ(bench.steps(kNb), without);
}

// It may lead, and ovn-northd works with nobody but the leader.
TEST(LostDatabase, that_cannot_leave_now_stays_in_everybodys_list) {
  Bench bench = three();
  const auto list = [&] {
    bench.lack_all({"client", "n1"});
    return bench.written({"client", "n1"}, "/etc/kiln/ovn.env");
  };
  EXPECT_EQ(list().find("192.0.2.13:6641"), std::string::npos);
  bench.lack("n2", RaftLook{Database::northbound});
  EXPECT_NE(list().find("192.0.2.13:6641"), std::string::npos);
  bench = three();
  bench.hide("n3", DatabaseFileLook{Database::southbound});
  EXPECT_NE(list().find("192.0.2.13:6641"), std::string::npos);
}

TEST(LostDatabase, nothing_of_ours_is_lost_beside_somebody_elses_centrals) {
  Bench bench = three();
  bench.desired.cluster.central_ips = {"192.0.2.101"};
  bench.placement.centrals.clear();
  for (const char* node : {"n1", "n2", "n3"}) bench.placement.services[node] = {"chassis", "switch"};
  EXPECT_EQ(bench.all_of("database"), "{}");
}

const ResourceId kNorthd{"northd", "n3"};

TEST(LostNorthd, stops_once_the_others_are_there_and_leaves_the_servers_running) {
  Bench bench = three();
  EXPECT_EQ(bench.all_of("northd"), "{n1, n2}");
  bench.see("n3", FileLook{"/etc/kiln/ovn-northd.env"}, file("x"));
  bench.see("n3", UnitLook{"ovn-northd.service"}, running());
  const FileLook drop_in{"/etc/systemd/system/ovn-northd.service.d/50-kiln.conf"};
  bench.lack("n3", drop_in);
  EXPECT_EQ(bench.verdict(kNorthd), "not wanted");
  // Without it the package's own command would stop the database servers, which have yet to leave.
  EXPECT_TRUE(
      bench.steps(kNorthd).starts_with("northd/n3:stop (risk control-plane, pool northd)\n"
                                       "  write /etc/systemd/system/ovn-northd.service.d/50-kiln.conf\n"
                                       "  systemctl daemon-reload\n"
                                       "  disable ovn-central.service\n"))
      << bench.steps(kNorthd);
  bench.see("n3", drop_in, file(bench.written(kNorthd, drop_in.path)));
  EXPECT_EQ(bench.needs(kNorthd), "northd/n1\nnorthd/n2\n");
  EXPECT_EQ(bench.steps(kNorthd),
            "northd/n3:stop (risk control-plane, pool northd)\n"
            "  disable ovn-central.service\n"
            "  stop ovn-northd.service\n"
            "  remove /etc/systemd/system/ovn-northd.service.d/50-kiln.conf\n"
            "  systemctl daemon-reload\n"
            "  remove /etc/kiln/ovn-northd.env\n");
}

const ResourceId kClient{"client", "n3"};

TEST(LostClient, goes_and_what_is_not_kilns_stays) {
  Bench bench = three();
  const FileLook kEndpoints{"/etc/kiln/ovn.env"};
  bench.see("n3", kEndpoints, file("# made by kiln for edge:client/n3; …\n"));
  EXPECT_EQ(bench.verdict(kClient), "not wanted");
  EXPECT_EQ(bench.steps(kClient),
            "client/n3:remove\n  remove /usr/local/bin/ovn-nbctl\n  remove /usr/local/bin/ovn-sbctl\n"
            "  remove /etc/kiln/ovn.env\n");
  bench.see("n3", kEndpoints, file("# by hand\n"));
  EXPECT_EQ(bench.all_of("client"), "{n1, n2}");
}

}  // namespace
}  // namespace kiln::resources::lost_database_test
