#include <chrono>

#include "pki/workbench_for_test.h"
#include "resources/resource_for_test.h"

namespace kiln::resources::database_test {
namespace {

const ResourceId kId{"database", "n1/nb"};
const UnitLook kUnit{"ovn-ovsdb-server-nb.service"};
const DatabaseFileLook kFile{Database::northbound};
const FileLook kEnvironment{"/etc/kiln/ovn-nb.env"};
const FileLook kDropIn{"/etc/systemd/system/ovn-ovsdb-server-nb.service.d/50-kiln.conf"};
const std::vector<std::string> kCommandLine = {"ovsdb-server",
                                               "--private-key=/etc/kiln/pki/ovn-northbound/key.pem",
                                               "--certificate=/etc/kiln/pki/ovn-northbound/cert.pem",
                                               "--ca-cert=/etc/kiln/pki/ca.pem", "/var/lib/ovn/ovnnb_db.db"};

DatabaseFileSeen member_at(const std::string& address, const std::string& cluster = "c1") {
  return {.clustered = true, .cluster_id = cluster, .server_id = "s1", .local_address = address};
}

/// No node has a database.
Bench nothing(int nodes = 1) {
  Bench bench(nodes);
  for (const auto& [name, node] : bench.desired.nodes)
    for (const char* database : {"/nb", "/sb"}) bench.lack_all({"database", name + database});
  return bench;
}
Bench as_wanted() {
  Bench bench = nothing();
  bench.put_files(kId);
  bench.see("n1", kFile, member_at("ssl:192.0.2.11:6643"));
  bench.see("n1", kUnit, running(kCommandLine));
  return bench;
}

TEST(DatabaseMember, the_first_is_created_once_all_have_said_that_they_have_none) {
  Bench bench = nothing(3);
  bench.desired.central.election_timer_ms = 4000;
  EXPECT_EQ(bench.verdict(kId), "absent");
  EXPECT_EQ(bench.steps(kId),
            "database/n1/nb:configure\n"
            "  write /etc/kiln/ovn-nb.env\n"
            "  write /etc/systemd/system/ovn-ovsdb-server-nb.service.d/50-kiln.conf\n"
            "  systemctl daemon-reload\n"
            "database/n1/nb:create (pool raft/nb, irreversible)\n"
            "  only if no OVN_Northbound on any other host\n"
            "  create OVN_Northbound at ssl:192.0.2.11:6643, election timer 4000\n"
            "database/n1/nb:start (pool raft/nb)\n"
            "  start ovn-ovsdb-server-nb.service\n"
            "  until OVN_Northbound connected and caught up on n1\n");
}

TEST(DatabaseMember, the_others_join_those_before_them_one_at_a_time) {
  Bench bench = nothing(3);
  EXPECT_EQ(bench.needs({"database", "n3/sb"}),
            "packages/n3\ncertificate/n3/ovn-southbound\ndatabase/n2/sb\n");
  EXPECT_EQ(bench.steps({"database", "n3/sb"}),
            "database/n3/sb:configure\n"
            "  write /etc/kiln/ovn-sb.env\n"
            "  write /etc/systemd/system/ovn-ovsdb-server-sb.service.d/50-kiln.conf\n"
            "  systemctl daemon-reload\n"
            "database/n3/sb:join (risk quorum, pool raft/sb, irreversible)\n"
            "  only if OVN_Southbound with its members, all connected but ssl:192.0.2.13:6644\n"
            "  join OVN_Southbound as ssl:192.0.2.13:6644 by way of ssl:192.0.2.11:6644 ssl:192.0.2.12:6644\n"
            "database/n3/sb:start (pool raft/sb)\n"
            "  start ovn-ovsdb-server-sb.service\n"
            "  until OVN_Southbound connected and caught up on n3\n");
}

TEST(DatabaseMember, options_keep_ovn_ctl_from_creating_or_converting_a_cluster) {
  Bench bench = nothing();
  bench.desired.nodes["n1"].address = "2001:db8::1";
  EXPECT_EQ(bench.written(kId, kEnvironment.path),
            "# made by kiln for edge:database/n1/nb; changes here are undone by the next apply\n"
            "OVN_CTL_OPTS=\"--db-nb-cluster-local-addr=[2001:db8::1] --db-nb-cluster-local-proto=ssl"
            " --db-nb-cluster-remote-addr=[2001:db8::1] --db-nb-cluster-remote-proto=ssl"
            " --db-nb-create-insecure-remote=no --db-cluster-schema-upgrade=no"
            " --ovn-nb-db-ssl-key=/etc/kiln/pki/ovn-northbound/key.pem"
            " --ovn-nb-db-ssl-cert=/etc/kiln/pki/ovn-northbound/cert.pem"
            " --ovn-nb-db-ssl-ca-cert=/etc/kiln/pki/ca.pem\"\n");
  EXPECT_EQ(bench.written(kId, kDropIn.path),
            "# made by kiln for edge:database/n1/nb; changes here are undone by the next apply\n"
            "[Service]\nEnvironmentFile=/etc/kiln/ovn-nb.env\n");
  EXPECT_NE(bench.steps(kId).find("create OVN_Northbound at ssl:[2001:db8::1]:6643"), std::string::npos);
}

TEST(DatabaseMember, none_is_created_while_a_central_has_not_answered) {
  Bench bench = nothing(3);
  bench.hide("n3", kFile);
  EXPECT_EQ(bench.verdict(kId), "absent");
  EXPECT_EQ(bench.steps(kId),
            "refused: n3 has not said whether it has OVN_Northbound; one is created only when every node has "
            "answered and none has it");
}

TEST(DatabaseMember, joins_what_is_there_though_a_central_does_not_answer) {
  Bench bench = nothing(3);
  bench.see("n1", kFile, member_at("ssl:192.0.2.11:6643"));
  bench.hide("n2", kFile);
  EXPECT_NE(bench.steps({"database", "n3/nb"})
                .find("  join OVN_Northbound as ssl:192.0.2.13:6643 by way of ssl:192.0.2.11:6643"),
            std::string::npos)
      << bench.steps({"database", "n3/nb"});
}

// n1 is first in the order because it still holds the other database.
TEST(DatabaseMember, a_first_member_that_lost_its_file_joins_by_way_of_those_that_have_it) {
  Bench bench = nothing(2);
  bench.see("n1", DatabaseFileLook{Database::southbound}, member_at("ssl:192.0.2.11:6644"));
  bench.see("n2", DatabaseFileLook{Database::southbound}, member_at("ssl:192.0.2.12:6644"));
  bench.see("n2", kFile, member_at("ssl:192.0.2.12:6643"));
  EXPECT_NE(
      bench.steps(kId).find("  join OVN_Northbound as ssl:192.0.2.11:6643 by way of ssl:192.0.2.12:6643\n"),
      std::string::npos)
      << bench.steps(kId);
}

// The file moved "central" from n2 to n1: an empty database would take the place of the one that is there.
TEST(DatabaseMember, none_is_created_while_a_node_that_is_no_longer_central_holds_one) {
  Bench bench = nothing(2);
  bench.placement.services["n2"] = {"chassis", "switch"};
  bench.placement.centrals = {"n1"};
  bench.see("n2", kFile, member_at("ssl:192.0.2.12:6643"));
  EXPECT_EQ(bench.steps(kId).find("  create OVN_Northbound"), std::string::npos) << bench.steps(kId);
}

TEST(DatabaseMember, as_wanted_is_no_change) {
  EXPECT_EQ(as_wanted().verdict(kId), "as wanted");
}

TEST(DatabaseMember, a_member_that_has_not_learnt_its_cluster_yet_is_as_wanted) {
  Bench bench = as_wanted();
  bench.see("n1", kFile, member_at("ssl:192.0.2.11:6643", ""));
  EXPECT_EQ(bench.verdict(kId), "as wanted");
}

TEST(DatabaseMember, files_left_without_a_database_are_not_a_member) {
  Bench bench = as_wanted();
  bench.lack("n1", kFile);
  bench.see("n1", kUnit, in_state(running(), "inactive"));
  EXPECT_NE(bench.verdict(kId).find("database: not there -> clustered at ssl:192.0.2.11:6643\n"),
            std::string::npos);
  EXPECT_EQ(bench.steps(kId),
            "database/n1/nb:create (pool raft/nb, irreversible)\n"
            "  only if no OVN_Northbound on any other host\n"
            "  create OVN_Northbound at ssl:192.0.2.11:6643, election timer 16000\n"
            "database/n1/nb:start (risk quorum, pool raft/nb)\n"
            "  start ovn-ovsdb-server-nb.service\n"
            "  until OVN_Northbound connected and caught up on n1\n");
}

TEST(DatabaseMember, a_server_with_older_arguments_is_restarted_until_it_is_connected) {
  Bench bench = as_wanted();
  std::vector<std::string> older = kCommandLine;
  older[3] = "--ca-cert=/etc/openvswitch/cacert.pem";
  bench.see("n1", kUnit, running(older));
  EXPECT_EQ(bench.verdict(kId).substr(0, 40), "ovn-ovsdb-server-nb.service arguments: {");
  EXPECT_EQ(bench.steps(kId),
            "database/n1/nb:start (risk quorum, pool raft/nb)\n"
            "  only if OVN_Northbound with its members, all connected but ssl:192.0.2.11:6643\n"
            "  restart ovn-ovsdb-server-nb.service\n"
            "  until OVN_Northbound connected and caught up on n1\n");
}

TEST(DatabaseMember, a_drop_in_that_differs_is_written_without_a_restart) {
  Bench bench = as_wanted();
  bench.see("n1", kDropIn, file(""));
  EXPECT_EQ(bench.verdict(kId), kDropIn.path + ": differs -> current\n");
  EXPECT_EQ(bench.steps(kId),
            "database/n1/nb:configure\n  write " + kDropIn.path + "\n  systemctl daemon-reload\n");
}

TEST(DatabaseMember, lost_options_are_written_again) {
  Bench bench = as_wanted();
  bench.lack("n1", kEnvironment);
  EXPECT_EQ(bench.verdict(kId).substr(0, 36), "/etc/kiln/ovn-nb.env: not there -> {");
  EXPECT_EQ(bench.steps(kId), "database/n1/nb:configure\n  write /etc/kiln/ovn-nb.env\n");
}

TEST(DatabaseMember, a_masked_server_of_a_member_is_unmasked) {
  Bench bench = as_wanted();
  bench.see("n1", kUnit, at_boot(in_state(running(), "inactive"), "masked"));
  EXPECT_TRUE(
      bench.steps(kId).starts_with("database/n1/nb:start (risk quorum)\n"
                                   "  unmask ovn-ovsdb-server-nb.service\n"
                                   "  start ovn-ovsdb-server-nb.service\n"))
      << bench.steps(kId);
}

TEST(DatabaseMember, a_masked_server_is_unmasked_before_a_new_member_starts) {
  Bench bench = nothing();
  bench.see("n1", kUnit, at_boot(in_state(running(), "inactive"), "masked"));
  EXPECT_NE(bench.steps(kId).find("  unmask ovn-ovsdb-server-nb.service\n"), std::string::npos)
      << bench.steps(kId);
}

TEST(DatabaseMember, a_standalone_database_is_foreign_unless_the_file_says_adopt) {
  Bench bench = as_wanted();
  bench.see("n1", kFile, DatabaseFileSeen{});
  EXPECT_EQ(
      bench.verdict(kId),
      "foreign: a standalone database is in /var/lib/ovn/ovnnb_db.db on n1: `adopt = true` in [cluster] "
      "keeps its rows, moving it away starts empty");
}

DatabaseFileSeen standalone(bool used) {
  DatabaseFileSeen seen;
  seen.used = used;
  return seen;
}

/// Packages that were installed by hand: their daemons run, and nothing of kiln's is there.
Bench by_hand(int nodes) {
  Bench bench = nothing(nodes);
  bench.desired.cluster.adopt = true;
  for (const auto& [name, node] : bench.desired.nodes) {
    bench.see(name, kFile, standalone(name == "n2" || nodes == 1));
    bench.see(name, kUnit, running({"ovsdb-server", "/var/lib/ovn/ovnnb_db.db"}));
  }
  return bench;
}

TEST(DatabaseMember, a_standalone_database_becomes_a_cluster_before_it_gets_the_options_of_one) {
  Bench bench = by_hand(1);
  EXPECT_TRUE(bench.verdict(kId).starts_with("/etc/kiln/ovn-nb.env: not there -> {")) << bench.verdict(kId);
  EXPECT_NE(bench.verdict(kId).find("database: standalone, with rows -> clustered at ssl:192.0.2.11:6643\n"),
            std::string::npos)
      << bench.verdict(kId);
  EXPECT_EQ(bench.steps(kId),
            "database/n1/nb:adopt (risk quorum, pool raft/nb, irreversible)\n"
            "  only if no OVN_Northbound on any other host\n"
            "  stop ovn-ovsdb-server-nb.service\n"
            "  mask ovn-ovsdb-server-nb.service\n"
            "  create OVN_Northbound at ssl:192.0.2.11:6643, with the rows of the standalone database there\n"
            "database/n1/nb:configure\n"
            "  write /etc/kiln/ovn-nb.env\n"
            "  write " +
                kDropIn.path +
                "\n"
                "  systemctl daemon-reload\n"
                "database/n1/nb:start (risk quorum, pool raft/nb)\n"
                "  unmask ovn-ovsdb-server-nb.service\n"
                "  start ovn-ovsdb-server-nb.service\n"
                "  until OVN_Northbound connected and caught up on n1\n");
}

TEST(DatabaseMember, those_without_rows_join_the_one_with_rows) {
  Bench bench = by_hand(3);
  EXPECT_TRUE(bench.steps({"database", "n2/nb"}).starts_with("database/n2/nb:adopt ")) << bench.steps(kId);
  EXPECT_TRUE(
      bench.steps(kId).starts_with("database/n1/nb:retire (risk quorum, pool raft/nb)\n"
                                   "  stop ovn-ovsdb-server-nb.service\n"
                                   "  mask ovn-ovsdb-server-nb.service\n"
                                   "  move /var/lib/ovn/ovnnb_db.db to a folder beside it\n"
                                   "database/n1/nb:configure\n"))
      << bench.steps(kId);
  EXPECT_NE(
      bench.steps(kId).find("  join OVN_Northbound as ssl:192.0.2.11:6643 by way of ssl:192.0.2.12:6643\n"),
      std::string::npos)
      << bench.steps(kId);
}

TEST(DatabaseMember, rows_on_two_nodes_are_nobodys_to_choose_from) {
  Bench bench = by_hand(3);
  bench.see("n1", kFile, DatabaseFileSeen{});
  for (const char* node : {"n1", "n2"})
    EXPECT_EQ(bench.verdict({"database", std::string(node) + "/nb"}),
              "foreign: n1, n2 each hold a standalone OVN_Northbound with rows: choose whose are kept, and "
              "move the others' /var/lib/ovn/ovnnb_db.db away");
}

TEST(DatabaseMember, rows_beside_a_cluster_are_not_dropped) {
  Bench bench = by_hand(2);
  bench.see("n1", kFile, member_at("ssl:192.0.2.11:6643"));
  EXPECT_EQ(
      bench.verdict({"database", "n2/nb"}),
      "foreign: a standalone database is in /var/lib/ovn/ovnnb_db.db on n2 and holds rows, and n1 is a "
      "member of a cluster already: rows of two databases cannot be put together; move it away to join");
}

TEST(DatabaseMember, nothing_is_adopted_while_a_node_is_silent) {
  Bench bench = by_hand(3);
  bench.hide("n3", kFile);
  EXPECT_EQ(bench.steps({"database", "n2/nb"}).find("adopt"), std::string::npos)
      << bench.steps({"database", "n2/nb"});
}

// kiln died after the file was put in place, or aside: the unit is masked, and stays so until it may run.
TEST(DatabaseMember, an_adoption_that_was_interrupted_goes_on) {
  Bench bench = by_hand(1);
  bench.see("n1", kUnit, at_boot(in_state(running(), "inactive"), "masked"));
  bench.see("n1", kFile, member_at("ssl:192.0.2.11:6643"));
  EXPECT_NE(bench.steps(kId).find("  unmask ovn-ovsdb-server-nb.service\n"
                                  "  start ovn-ovsdb-server-nb.service\n"),
            std::string::npos)
      << bench.steps(kId);
  EXPECT_EQ(bench.steps(kId).find("create"), std::string::npos) << bench.steps(kId);
}

TEST(DatabaseMember, a_member_without_tls_is_foreign) {
  Bench bench = as_wanted();
  bench.see("n1", kFile, member_at("tcp:192.0.2.11:6643"));
  EXPECT_EQ(
      bench.verdict(kId),
      "foreign: /var/lib/ovn/ovnnb_db.db on n1 is a member at tcp:192.0.2.11:6643; members of kiln's talk "
      "by TLS alone: make its rows standalone (ovsdb-tool cluster-to-standalone), and `adopt = true` in "
      "[cluster] keeps them");
}

/// A cluster of two that others have made: its members show a certificate of the authority "edge".
Bench with_a_cluster_of_others(const std::string& authority_pem) {
  Bench bench = nothing(2);
  bench.see("n1", kFile, member_at("ssl:192.0.2.11:6643"));
  bench.see("n2", kFile, member_at("ssl:192.0.2.12:6643"));
  bench.desired.cluster.adopt = true;
  pki::Workbench workbench;
  const pki::CertificateShape shape = pki::full_shape();
  HostSeen host;
  host.time_ms = std::chrono::duration_cast<Duration>(pki::kNow.time_since_epoch()).count();
  bench.see("n1", HostLook{}, host);
  bench.see("n1", ServedCertificateLook{"192.0.2.11", 6643},
            CertificateSeen{pki::sign(pki::open_edge(), workbench.request(shape.common_name), shape)});
  if (!authority_pem.empty())
    bench.see(kiln::kController, FileLook{"/home/me/pki/ca.pem"}, file(authority_pem));
  return bench;
}

TEST(DatabaseMember, a_cluster_of_others_is_taken_over_if_its_members_trust_kilns) {
  Bench bench = with_a_cluster_of_others(pki::edge_authority().certificate_pem);
  EXPECT_EQ(bench.verdict(kId).substr(0, 7), "/etc/ki");
  EXPECT_EQ(bench.steps(kId).find("refused"), std::string::npos);
  const std::string foreign =
      "foreign: /var/lib/ovn/ovnnb_db.db on n1 is of a cluster that kiln did not make: ";
  bench.desired.cluster.adopt = false;
  EXPECT_EQ(bench.verdict(kId), foreign + "`adopt = true` in [cluster] takes it over, with its rows");
  // One member has kiln's options: it is being taken over.
  bench.see("n2", kEnvironment, file("x"));
  EXPECT_EQ(bench.verdict(kId).substr(0, 7), "/etc/ki");
}

TEST(DatabaseMember, a_cluster_of_others_with_another_authority_stays_as_it_is) {
  pki::Workbench workbench;
  const std::string why =
      "foreign: /var/lib/ovn/ovnnb_db.db on n1 is of a cluster that kiln did not make: its "
      "members would not trust kiln's (";
  const std::string choice = "give [ca] the authority that they have (`mode = \"provided\"`)";
  for (const std::string& authority :
       {workbench.foreign_authority("kiln edge CA").certificate_pem, std::string()}) {
    Bench bench = with_a_cluster_of_others(authority);
    const std::string verdict = bench.verdict(kId);
    EXPECT_EQ(verdict.substr(0, why.size()), why);
    EXPECT_NE(verdict.find(choice), std::string::npos) << verdict;
    // The only member has nobody to talk to.
    bench.lack("n2", kFile);
    EXPECT_EQ(bench.verdict(kId).substr(0, 7), "/etc/ki");
  }
}

// The machines were exchanged, or one is a copy of the other's.
TEST(DatabaseMember, a_member_at_the_address_of_another_node_is_foreign) {
  Bench bench = as_wanted();
  bench.desired.nodes["n2"].address = "192.0.2.12";
  bench.see("n1", kFile, member_at("ssl:192.0.2.12:6643"));
  EXPECT_EQ(bench.verdict(kId),
            "foreign: /var/lib/ovn/ovnnb_db.db on n1 is of the member at ssl:192.0.2.12:6643, which is the "
            "address of n2");
}

TEST(DatabaseMember, the_only_one_does_not_move_to_another_address) {
  Bench bench = as_wanted();
  bench.see("n1", kFile, member_at("ssl:192.0.2.99:6643"));
  EXPECT_EQ(bench.steps(kId), "refused: n1 does not move to its new address: " + std::string(kOnlyCentral));
}

TEST(DatabaseMember, members_of_different_clusters_are_foreign) {
  Bench bench = nothing(2);
  bench.see("n1", kFile, member_at("ssl:192.0.2.11:6643", "c1"));
  bench.see("n2", kFile, member_at("ssl:192.0.2.12:6643", "c2"));
  for (const char* node : {"n1", "n2"})
    EXPECT_EQ(
        bench.verdict({"database", std::string(node) + "/nb"}),
        "foreign: the centrals hold 2 different clusters of OVN_Northbound: c1, c2; `kiln recover --db nb` "
        "finishes a recovery that was cut short; else stop the servers of one and move its files away");
}

// Whether the running server is connected is the gate's concern and no attribute.
TEST(DatabaseMember, is_unknown_while_a_fact_that_is_compared_is) {
  Bench bench = as_wanted();
  bench.expect_unknown_for_each_probe(kId, {DatabaseLook{Database::northbound}});
}

}  // namespace
}  // namespace kiln::resources::database_test
