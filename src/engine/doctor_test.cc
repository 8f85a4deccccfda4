#include "engine/doctor.h"

#include <gtest/gtest.h>

#include "engine/doctor_for_test.h"
#include "engine/fakes_for_test.h"
#include "resources/nb/roster.h"
#include "resources/paths.h"
#include "resources/works.h"

namespace kiln::engine::doctor_test {
namespace {

using Slugs = std::vector<std::string>;
constexpr Database kNb = Database::northbound;
constexpr Database kSb = Database::southbound;
constexpr Database kOvs = Database::open_vswitch;

TEST(Doctor, all_is_well) {
  const Ward ward;
  EXPECT_EQ(ward.not_passed(), Slugs{});
  EXPECT_EQ(ward.all().checks.size(), doctor_checks().size());
  EXPECT_EQ(ward.check("quorum"),
            "PASS: OVN_Northbound: 3 members, leader n1; OVN_Southbound: 3 members, leader n1");
  EXPECT_EQ(ward.check("stale-chassis"), "PASS: 3 chassis, each a node of the file");
  EXPECT_EQ(ward.check("versions"),
            "PASS: OVN 25.03.0, Open vSwitch 3.5.0 everywhere, and that is what runs");
  EXPECT_EQ(ward.check("mtu"), "PASS: tunnels carry packets of up to 1442 bytes; workloads send up to 1400");
  EXPECT_EQ(ward.check("certificates"), "PASS: the first expires in 365 days");
  EXPECT_EQ(ward.check("disk"), "PASS: at least 10240 MiB are free beside each database");
}

TEST(Doctor, a_host_that_does_not_answer_is_unknown_in_every_check_that_asks_it) {
  Ward ward;
  ward.hide("n3");
  EXPECT_EQ(ward.not_passed(),
            (Slugs{"deployment", "quorum", "stranger-members", "joining-members", "member-addresses", "units",
                   "endpoints", "inactivity-probes", "versions", "iface-ids", "mtu", "certificates", "disk",
                   "database-files", "works"}));
  for (const std::string& slug : ward.not_passed())
    EXPECT_EQ(ward.check(slug), "UNKNOWN n3: n3 does not answer\n") << slug;
  EXPECT_EQ(ward.all().verdict(), Health::unknown);
}

TEST(Doctor, one_look_that_fails_is_named) {
  Ward ward;
  ward.facts.set({"n3", HostLook{}}, Unknown{"ip: command not found"});
  EXPECT_EQ(ward.check("mtu"), "UNKNOWN n3: ip: command not found\n");
  ward = Ward();
  const ServedCertificateLook look{"192.0.2.12", 6641};
  ward.facts.set({"n2", look}, Unknown{"no answer in time"});
  EXPECT_EQ(ward.check("certificates"),
            "UNKNOWN n2: certificate served at 192.0.2.12:6641: no answer in time\n");
}

TEST(Doctor, databases_that_cannot_be_read_are_named) {
  Ward ward;
  ward.hide(kCluster);
  EXPECT_EQ(ward.not_passed(), (Slugs{"stale-chassis", "duplicate-chassis", "inactivity-probes"}));
  EXPECT_EQ(ward.check("stale-chassis"), "UNKNOWN OVN_Southbound: cluster does not answer\n");
}

TEST(Doctor, what_is_stopped_tells_nothing) {
  Ward ward;
  const Facts before = ward.facts;
  for (const auto& [probe, fact] : before.all())
    if (probe.host == "n2" && std::holds_alternative<RowsLook>(probe.look)) ward.lack("n2", probe.look);
  EXPECT_EQ(ward.not_passed(), (Slugs{"endpoints", "inactivity-probes", "iface-ids"}));
  for (const std::string& slug : ward.not_passed())
    EXPECT_EQ(ward.check(slug), "UNKNOWN n2: its Open vSwitch database does not run\n") << slug;
  ward = Ward();
  for (const char* node : {"n1", "n2", "n3"})
    ward.edit<RaftSeen>(node, RaftLook{kNb}, [](RaftSeen& raft) { raft.leader = "unknown"; });
  EXPECT_EQ(ward.not_passed(), (Slugs{"quorum", "stranger-members", "member-addresses"}));
  EXPECT_EQ(ward.check("stranger-members"),
            "UNKNOWN OVN_Northbound: no member that is connected to its cluster says who the others are\n");
}

TEST(Doctor, no_check_passes_where_nothing_is_known) {
  Ward ward;
  for (const char* host : {"n1", "n2", "n3", kCluster, kController}) ward.hide(host);
  EXPECT_EQ(ward.not_passed().size(), doctor_checks().size());
  for (const std::string& slug : ward.not_passed())
    EXPECT_EQ(ward.check(slug).find("FAIL"), std::string::npos) << ward.check(slug);
}

TEST(Doctor, where_nothing_was_ever_applied_nothing_works) {
  Bench bench;
  bench.transport.otherwise = Absent{};
  const Checkup checkup = examine(centrals(3), bench.seams, bench.limits);
  EXPECT_EQ(checkup.verdict(), Health::fail);
  EXPECT_EQ(checkup.checks[1].findings.front(),
            (Finding{Health::fail, "OVN_Northbound", "no node runs a member of it", kApply}));
  EXPECT_EQ(bench.transport.acted, Slugs{});
}

TEST(Doctor, with_centrals_of_others_only_the_nodes_are_judged) {
  Ward ward;
  ward.desired.cluster.central_ips = {"192.0.2.11", "192.0.2.12", "192.0.2.13"};
  for (auto& [name, node] : ward.desired.nodes) node.services = {"chassis", "switch"};
  for (const Probe& probe : doctor_probes(ward.desired)) EXPECT_NE(probe.host, kCluster);
  std::vector<std::string> slugs;
  for (const Examination& check : ward.all().checks) slugs.push_back(check.check);
  EXPECT_EQ(slugs, (Slugs{"deployment", "units", "endpoints", "inactivity-probes", "versions", "iface-ids",
                          "mtu", "certificates", "works"}));
}

TEST(DoctorMembers, a_member_without_a_leader) {
  Ward ward;
  ward.edit<RaftSeen>("n2", RaftLook{kNb}, [](RaftSeen& raft) { raft.leader = "unknown"; });
  EXPECT_EQ(ward.check("quorum"),
            "FAIL n2: its member of OVN_Northbound knows no leader: it is cut off from a majority\n");
  ward.edit<RaftSeen>("n2", RaftLook{kNb}, [](RaftSeen& raft) {
    raft.status = "disconnected from the cluster (election timeout)";
  });
  EXPECT_EQ(ward.check("quorum"),
            "FAIL n2: its member of OVN_Northbound is: disconnected from the cluster (election timeout)\n");
}

TEST(DoctorMembers, a_member_that_the_leader_does_not_hear) {
  Ward ward;
  ward.edit<RaftSeen>("n1", RaftLook{kNb}, [](RaftSeen& raft) {
    for (RaftServerSeen& server : raft.servers)
      if (server.address.find(".13:") != std::string::npos) server.last_message_ms = 63'388;
  });
  EXPECT_EQ(
      ward.check("quorum"),
      "FAIL n3: OVN_Northbound: the leader on n1 has not heard it for 63 s: it counts for no majority\n");
  EXPECT_EQ(ward.not_passed(), Slugs{"quorum"});
}

TEST(DoctorMembers, a_server_that_hangs) {
  Ward ward;
  ward.facts.set({"n2", RaftLook{kNb}}, Unknown{"no answer within 5 s"});
  EXPECT_EQ(ward.check("quorum").find("FAIL n2: OVN_Northbound: its server does not answer"), 0U)
      << ward.check("quorum");
}

TEST(DoctorMembers, two_clusters) {
  Ward ward;
  ward.edit<DatabaseFileSeen>("n2", DatabaseFileLook{kSb},
                              [](DatabaseFileSeen& file) { file.cluster_id = "c2"; });
  EXPECT_EQ(ward.check("quorum"), "FAIL OVN_Southbound: the nodes hold 2 different clusters: c1, c2\n");
}

// What else is seen there, a cluster of its own among it, follows from the address.
TEST(Doctor, a_host_of_another_deployment_is_told_first_and_alone) {
  Ward ward;
  ward.see(
      "n2", FileLook{resources::kMarkPath},
      FileSeen{"# made by kiln for other:mark/n9\nKILN_DEPLOYMENT=00000000-0000-4000-8000-000000000009\n",
               0644,
               {},
               {},
               0});
  for (const Database database : {kNb, kSb})
    ward.edit<DatabaseFileSeen>("n2", DatabaseFileLook{database},
                                [](DatabaseFileSeen& file) { file.cluster_id = "c2"; });
  ward.lack("n2", UnitLook{"ovn-northd.service"});
  EXPECT_EQ(ward.not_passed(), Slugs{"deployment"});
  EXPECT_EQ(ward.check("deployment"),
            "FAIL deployment: the host at 192.0.2.12 is one of the deployment `other`, not of `edge`; its "
            "/etc/kiln/deployment says so\n");
}

TEST(Doctor, databases_on_no_node_of_the_file_are_told_first) {
  Ward ward;
  EXPECT_EQ(ward.check("deployment").find("FAIL"), std::string::npos);
  for (const char* node : {"n1", "n2", "n3"}) {
    for (const Database database : {kNb, kSb}) ward.lack(node, DatabaseFileLook{database});
    ward.see(node, FileLook{resources::controller_environment_path()},
             FileSeen{resources::file_header("edge", "chassis/n1"), 0644, {}, {}, 0});
  }
  const std::string told = ward.check("deployment");
  EXPECT_EQ(told.find("FAIL deployment: no node of the file holds OVN_Northbound or OVN_Southbound, which "
                      "the deployment has: n1 is a chassis of the databases at ssl:192.0.2.11:6642"),
            0U)
      << told;
  EXPECT_EQ(ward.all().checks.size(), 1U);
  ward.desired.cluster.name = "other";  // whose chassis it is not
  EXPECT_EQ(ward.check("deployment").find("holds OVN_"), std::string::npos);
}

TEST(DoctorMembers, a_member_at_no_node_of_the_file) {
  Ward ward;
  ward.edit<RaftSeen>("n1", RaftLook{kSb}, [](RaftSeen& raft) {
    raft.servers.push_back({"dead", "ssl:192.0.2.99:6644", false, {}, {}});
  });
  EXPECT_EQ(ward.not_passed(), Slugs{"stranger-members"});
  EXPECT_EQ(ward.check("stranger-members"),
            "FAIL OVN_Southbound: server dead at ssl:192.0.2.99:6644 is a member and is at no node of the "
            "file; it counts for every majority\n");
  EXPECT_EQ(ward.all().checks[2].findings[0].mend,
            "`kiln apply` lets it go while a majority is there; without one that will come back: `kiln "
            "recover --db sb "
            "--forget dead`. A node that the file has lost belongs back into it first");
}

TEST(DoctorMembers, servers_of_no_node_that_went_away_with_the_majority) {
  Ward ward;
  for (const char* node : {"n1", "n2", "n3"})
    ward.edit<RaftSeen>(node, RaftLook{kSb}, [](RaftSeen& raft) {
      raft.status = "disconnected from the cluster (election timeout)";
      raft.role = "candidate";
      raft.leader = "unknown";
      raft.servers.push_back({"dead", "ssl:192.0.2.99:6644", false, {}, {}});
    });
  EXPECT_EQ(ward.check("stranger-members"),
            "FAIL OVN_Southbound: server dead at ssl:192.0.2.99:6644 is a member and is at no node of the "
            "file; it counts for every majority\n");
}

TEST(DoctorMembers, a_node_that_is_dead_and_still_a_member) {
  Ward ward;
  ward.desired.dead["n9"].name = "n9";
  ward.desired.dead["n9"].address = "192.0.2.19";
  ward.edit<RaftSeen>("n1", RaftLook{kNb}, [](RaftSeen& raft) {
    raft.servers.push_back({"dead", "ssl:192.0.2.19:6643", false, {}, {}});
  });
  EXPECT_EQ(ward.check("stranger-members"), "WARN n9: is dead, and still a member of OVN_Northbound\n");
}

TEST(DoctorMembers, a_member_that_joins_is_stuck_after_a_minute) {
  Ward ward;
  ward.edit<RaftSeen>("n3", RaftLook{kNb}, [](RaftSeen& raft) { raft.status = "joining cluster"; });
  EXPECT_EQ(ward.check("joining-members"),
            "FAIL n3: its member of OVN_Northbound is joining cluster; its server has run for 900 s\n");
  EXPECT_EQ(ward.not_passed(), Slugs{"joining-members"});
  ward.edit<UnitSeen>("n3", UnitLook{"ovn-ovsdb-server-nb.service"},
                      [](UnitSeen& unit) { unit.active_since_us = 990'000'000; });
  EXPECT_EQ(ward.check("joining-members"),
            "WARN n3: its member of OVN_Northbound is joining cluster; its server has run for 10 s\n");
  ward.lack("n3", FileLook{"/proc/uptime"});
  EXPECT_EQ(ward.check("joining-members"), "WARN n3: its member of OVN_Northbound is joining cluster\n");
}

TEST(DoctorMembers, two_members_with_one_address) {
  Ward ward;
  ward.edit<RaftSeen>("n1", RaftLook{kNb}, [](RaftSeen& raft) {
    raft.servers.push_back({"bb03", "ssl:192.0.2.13:6643", false, {}, {}});
  });
  EXPECT_EQ(ward.not_passed(), Slugs{"member-addresses"});
  EXPECT_EQ(
      ward.check("member-addresses"),
      "FAIL OVN_Northbound: servers aa03, bb03 are all listed at ssl:192.0.2.13:6643: one server can be "
      "there, and the others count for every majority\n");
  EXPECT_EQ(ward.all().checks[4].findings[0].mend,
            "on n1: `ovn-appctl -t /run/ovn/ovnnb_db.ctl cluster/kick OVN_Northbound bb03`");
}

TEST(DoctorMembers, a_file_of_a_server_that_was_let_go) {
  Ward ward;
  ward.edit<DatabaseFileSeen>("n3", DatabaseFileLook{kNb},
                              [](DatabaseFileSeen& file) { file.server_id = "ffff-0000"; });
  EXPECT_TRUE(
      ward.check("member-addresses").starts_with("FAIL n3: its file of OVN_Northbound is of a server"))
      << ward.check("member-addresses");
}

TEST(DoctorMembers, a_file_that_its_server_refuses) {
  Ward ward;
  ward.lack("n3", RaftLook{kNb});
  ward.edit<DatabaseFileSeen>("n3", DatabaseFileLook{kNb},
                              [](DatabaseFileSeen& file) { file.refused = "record 41"; });
  EXPECT_TRUE(
      ward.check("quorum").starts_with("FAIL n3: ovsdb-server refuses its file of OVN_Northbound: record 41"))
      << ward.check("quorum");
  EXPECT_EQ(ward.check("member-addresses").find("n3"), std::string::npos) << ward.check("member-addresses");
}

void add_chassis(Ward& ward, const char* host, const char* ip) {
  ovsdb::Table chassis = ward.rows_of(kCluster, kSb, "Chassis")->rows();
  chassis[numbered(9)] = {{"name", "old"}, {"hostname", host}, {"encaps", numbered(19)}};
  ward.see_rows(kCluster, kSb, "Chassis", chassis);
  ovsdb::Table encaps = ward.rows_of(kCluster, kSb, "Encap")->rows();
  encaps[numbered(19)] = {{"chassis_name", "old"}, {"ip", ip}, {"type", "geneve"}};
  ward.see_rows(kCluster, kSb, "Encap", encaps);
}

TEST(DoctorChassis, one_that_matches_no_node) {
  Ward ward;
  add_chassis(ward, "old-host", "192.0.2.99");
  EXPECT_EQ(ward.not_passed(), Slugs{"stale-chassis"});
  EXPECT_EQ(ward.check("stale-chassis"),
            "WARN chassis old: its row in OVN_Southbound matches no node of the file (host name old-host); "
            "every other chassis keeps a tunnel to it\n");
}

TEST(DoctorChassis, one_of_a_node_that_has_yet_to_leave) {
  Ward ward;
  add_chassis(ward, "old-host", "192.0.2.99");
  ward.edit<RowsSeen>(kCluster, resources::roster_look(), [](RowsSeen& seen) {
    ovsdb::Table rows = seen.rows();
    rows.begin()->second["external_ids"] = ovsdb::Value::string_map({{"kiln-node-old", "192.0.2.99"}});
    seen = RowsSeen(rows);
  });
  EXPECT_EQ(ward.check("stale-chassis"),
            "WARN chassis old: it is of a node that the file no longer has, and that has not left\n");
}

TEST(DoctorChassis, one_that_has_a_nodes_address_or_host_name) {
  Ward ward;
  add_chassis(ward, "n2", "192.0.2.99");
  EXPECT_EQ(ward.check("stale-chassis"),
            "FAIL chassis old: its row in OVN_Southbound matches no node of the file (host name n2), and it "
            "has n2's host name\n");
  EXPECT_TRUE(
      ward.check("duplicate-chassis").starts_with("WARN chassis n2, old: they have one host name, n2"))
      << ward.check("duplicate-chassis");
  Ward same_address;
  add_chassis(same_address, "old-host", "192.0.2.12");
  EXPECT_EQ(same_address.check("duplicate-chassis"),
            "FAIL chassis n2, old: they have one encap address, 192.0.2.12: tunnels to it reach only one of "
            "them\n");
}

TEST(DoctorChassis, one_that_is_not_registered_and_one_that_should_no_longer_be) {
  Ward ward;
  ward.edit_rows(kCluster, kSb, "Chassis", [](ovsdb::Table& rows) { rows.erase(numbered(2)); });
  EXPECT_EQ(ward.check("stale-chassis"),
            "FAIL n2: it is not registered as a chassis in OVN_Southbound\n"
            "WARN chassis n2: its row in Chassis_Private has no row in Chassis\n");
  Ward no_longer;
  no_longer.desired.nodes.at("n3").services = {"central", "switch"};
  EXPECT_EQ(no_longer.check("stale-chassis"),
            "WARN chassis n3: the file no longer makes this node a chassis, and its row is still there\n");
}

TEST(DoctorChassis, one_that_has_not_followed_for_a_minute) {
  Ward ward;
  ward.edit_rows(kCluster, kSb, "SB_Global", [](ovsdb::Table& rows) { rows[numbered(1)]["nb_cfg"] = 7; });
  ward.edit_rows(kCluster, kSb, "Chassis_Private", [](ovsdb::Table& rows) {
    rows[numbered(21)]["nb_cfg"] = 7;
    rows[numbered(22)]["nb_cfg"] = 7;
    rows[numbered(23)]["nb_cfg"] = 5;
  });
  ward.edit_rows(kCluster, kNb, "NB_Global", [](ovsdb::Table& rows) {
    rows[numbered(1)]["sb_cfg_timestamp"] = std::int64_t{1767323045000 - 90000};
  });
  EXPECT_EQ(ward.check("stale-chassis"),
            "WARN chassis n3: it is at nb_cfg 5 of 7, asked for 90 s ago: its flows may be old\n");
  ward.edit_rows(kCluster, kNb, "NB_Global", [](ovsdb::Table& rows) {
    rows[numbered(1)]["sb_cfg_timestamp"] = std::int64_t{1767323045000 - 1000};
  });
  EXPECT_EQ(ward.check("stale-chassis"), "PASS: 3 chassis, each a node of the file");
}

TEST(DoctorUnits, stopped_failed_masked_and_gone) {
  Ward ward;
  const UnitLook northd{"ovn-northd.service"};
  ward.see("n2", resources::northd_status_look(), TextSeen{"Status: active"});
  ward.edit<UnitSeen>("n1", northd, [](UnitSeen& unit) {
    unit.active_state = "failed";
    unit.sub_state = "failed";
  });
  EXPECT_EQ(ward.not_passed(), Slugs{"units"});
  EXPECT_EQ(ward.check("units"), "FAIL n1: ovn-northd.service is failed\n");
  ward.edit<UnitSeen>("n1", northd, [](UnitSeen& unit) { unit.load_state = "masked"; });
  EXPECT_EQ(ward.check("units"), "FAIL n1: ovn-northd.service is masked\n");
  ward.lack("n1", northd);
  EXPECT_EQ(ward.check("units"), "FAIL n1: ovn-northd.service is not installed\n");
}

TEST(DoctorUnits, options_that_undo_what_kiln_made) {
  Ward ward;
  const auto with = [&](const std::string& content) {
    ward.see("n2", FileLook{"/etc/default/openvswitch-switch"},
             FileSeen{.content = content, .owner = {}, .group = {}});
    return ward.check("units");
  };
  const std::string well = Ward().check("units");
  EXPECT_EQ(with("# OVS_CTL_OPTS=\"--delete-bridges\"\nOVS_CTL_OPTS='--ovs-user=root --system-id=n2'\n"),
            well);
  EXPECT_EQ(
      with("OVS_CTL_OPTS=\"--ovs-user=root --delete-bridges\"\n"),
      "WARN n2: /etc/default/openvswitch-switch has --delete-bridges: all bridges go at each start of Open "
      "vSwitch, with ports and workloads\n");
  EXPECT_EQ(with("OVS_CTL_OPTS=--system-id=random"),
            "WARN n2: /etc/default/openvswitch-switch has --system-id=random: each start of Open vSwitch "
            "writes its "
            "own system-id, and the chassis has another name\n");
}

TEST(DoctorUnits, a_workloads_unit_counts_too) {
  Ward ward;
  ward.edit<UnitSeen>("n1", UnitLook{"kiln-workload-vm1.service"},
                      [](UnitSeen& unit) { unit.active_state = "inactive"; });
  EXPECT_EQ(ward.check("units"), "FAIL n1: kiln-workload-vm1.service is inactive (running)\n");
}

TEST(DoctorUnits, what_runs_and_is_not_wanted) {
  Ward ward;
  ward.desired.nodes.at("n3").services = {"central"};
  EXPECT_EQ(ward.check("units"),
            "WARN n3: ovn-controller.service runs, and the file does not make this node a chassis\n");
  ward.see("n3", FileLook{resources::kSwitchMarkPath}, FileSeen{});
  EXPECT_NE(ward.check("units").find("WARN n3: ovs-vswitchd.service runs, and the file does not make this "
                                     "node a switch\n"),
            std::string::npos);
}

TEST(DoctorEndpoints, of_a_running_northd) {
  Ward ward;
  const UnitLook northd{"ovn-northd.service"};
  ward.edit<UnitSeen>("n2", northd, [](UnitSeen& unit) {
    unit.command_line[1] = "--ovnnb-db=ssl:192.0.2.13:6641,ssl:192.0.2.12:6641,ssl:192.0.2.11:6641";
  });
  EXPECT_EQ(ward.not_passed(), Slugs{});  // in another order
  ward.edit<UnitSeen>("n2", northd,
                      [](UnitSeen& unit) { unit.command_line[1] = "--ovnnb-db=ssl:192.0.2.11:6641"; });
  EXPECT_EQ(ward.not_passed(), Slugs{"endpoints"});
  EXPECT_EQ(ward.check("endpoints"),
            "WARN n2: --ovnnb-db of the running ovn-northd is ssl:192.0.2.11:6641; the deployment has "
            "ssl:192.0.2.11:6641,ssl:192.0.2.12:6641,ssl:192.0.2.13:6641\n");
  ward.edit<UnitSeen>("n2", northd,
                      [](UnitSeen& unit) { unit.command_line[1] = "--ovnnb-db=ssl:192.0.2.99:6641"; });
  EXPECT_TRUE(ward.check("endpoints").starts_with("FAIL n2: ")) << ward.check("endpoints");
}

TEST(DoctorEndpoints, of_a_controller) {
  Ward ward;
  ward.edit_rows("n1", kOvs, "Open_vSwitch", [](ovsdb::Table& rows) { rows[numbered(1)] = {}; });
  EXPECT_EQ(ward.check("endpoints"),
            "FAIL n1: ovn-remote of ovn-controller is empty; the deployment has "
            "ssl:192.0.2.11:6642,ssl:192.0.2.12:6642,ssl:192.0.2.13:6642\n");
}

TEST(DoctorProbes, of_zero_in_each_of_three_places) {
  Ward connection;
  connection.edit_rows(kCluster, kSb, "Connection",
                       [](ovsdb::Table& rows) { rows[numbered(1)]["inactivity_probe"] = 0; });
  EXPECT_EQ(
      connection.check("inactivity-probes"),
      "WARN OVN_Southbound: inactivity_probe of connection pssl:6642:[::] is 0: a connection whose other "
      "end is gone is never closed\n");
  Ward northd;
  northd.edit_rows(kCluster, kNb, "NB_Global", [](ovsdb::Table& rows) {
    rows[numbered(1)]["options"] = ovsdb::Value::string_map({{"northd_probe_interval", "0"}});
  });
  EXPECT_TRUE(northd.check("inactivity-probes")
                  .starts_with("WARN OVN_Northbound: NB_Global options:northd_probe_interval is 0"));
  Ward controller;
  controller.edit_rows("n2", kOvs, "Open_vSwitch", [](ovsdb::Table& rows) {
    auto ids = column(rows[numbered(1)], "external_ids").as_string_map();
    ids["ovn-remote-probe-interval"] = "0";
    rows[numbered(1)]["external_ids"] = ovsdb::Value::string_map(ids);
  });
  EXPECT_TRUE(controller.check("inactivity-probes")
                  .starts_with("WARN n2: external_ids:ovn-remote-probe-interval is 0"));
  EXPECT_EQ(controller.not_passed(), Slugs{"inactivity-probes"});
}

TEST(DoctorVersions, mixed_and_older_than_what_is_installed) {
  Ward mixed;
  mixed.see("n3", PackageLook{"openvswitch-switch"}, PackageSeen{"3.5.1-2"});
  EXPECT_TRUE(mixed.check("versions").starts_with("WARN Open vSwitch: 3.5.0 on n1, n2; 3.5.1 on n3\n"))
      << mixed.check("versions");
  Ward older;
  older.see("n1", AppctlLook{"ovn-northd", "version"},
            TextSeen{"ovn-northd 24.09.1\nOpen vSwitch Library 3.5.0"});
  EXPECT_EQ(older.check("versions"), "WARN n1: ovn-northd.service runs 24.09.1, and 25.03.0 is installed\n");
  older.see("n1", AppctlLook{"ovn-northd", "version"}, TextSeen{"?"});
  EXPECT_EQ(older.check("versions"), "UNKNOWN n1: ovn-northd.service does not say its version\n");
}

TEST(DoctorIfaceIds, of_two_hosts_and_of_two_interfaces) {
  Ward ward;
  const auto take = [](ovsdb::Table& rows) {
    rows[numbered(3)] = {{"name", "tap0"},
                         {"external_ids", ovsdb::Value::string_map({{"iface-id", "p-n1"}})}};
  };
  ward.edit_rows("n2", kOvs, "Interface", take);
  EXPECT_EQ(ward.not_passed(), Slugs{"iface-ids"});
  EXPECT_EQ(
      ward.check("iface-ids"),
      "FAIL port p-n1: is the iface-id of w-n1 on n1 and tap0 on n2: they take the port from each other\n");
  ward.edit_rows(kCluster, kNb, "Logical_Switch_Port", [](ovsdb::Table& rows) {
    rows[numbered(1)]["options"] = ovsdb::Value::string_map({{"requested-chassis", "n1,n2"}});
  });
  EXPECT_TRUE(ward.check("iface-ids").starts_with("WARN port p-n1: ")) << ward.check("iface-ids");
  Ward one_host;
  one_host.edit_rows("n1", kOvs, "Interface", take);
  EXPECT_TRUE(
      one_host.check("iface-ids").starts_with("FAIL port p-n1: is the iface-id of tap0 on n1 and w-n1"))
      << one_host.check("iface-ids");
}

TEST(DoctorMtu, of_the_underlay_below_what_tunnels_need) {
  Ward ward;
  const auto set_mtu = [&](int mtu) {
    ward.edit<HostSeen>("n2", HostLook{}, [mtu](HostSeen& host) { host.links[0].mtu = mtu; });
  };
  set_mtu(1458);
  EXPECT_EQ(ward.check("mtu"), "PASS: tunnels carry packets of up to 1400 bytes; workloads send up to 1400");
  set_mtu(1457);
  EXPECT_EQ(ward.not_passed(), (Slugs{"mtu", "works"}));
  EXPECT_EQ(
      ward.check("mtu"),
      "FAIL n2: eth0 carries 1457 bytes and tunnels take 58 of them, so 1399 are left; workload vm1 sends "
      "up to 1400: large packets are lost\n");
}

TEST(DoctorMtu, a_bridge_carries_no_more_than_its_port_and_ipv6_takes_more) {
  Ward ward;
  NodeSpec& node = ward.desired.nodes.at("n2");
  node.encap.ip = "fd00::12";
  node.bridges["br-phys"].name = "br-phys";
  node.bridges["br-phys"].port = "eth1";
  ward.edit<HostSeen>("n2", HostLook{}, [](HostSeen& host) {
    host.links.push_back({"br-phys", "", true, 1500, {"fd00::12/64"}});
    host.links.push_back({"eth1", "", true, 1477, {}});
  });
  EXPECT_TRUE(ward.check("mtu").starts_with(
      "FAIL n2: eth1 carries 1477 bytes and tunnels take 78 of them, so 1399 are left;"))
      << ward.check("mtu");
  ward.desired.nodes.at("n2").encap.types = {"vxlan"};
  EXPECT_TRUE(ward.check("mtu").starts_with("PASS: tunnels carry packets of up to 1407 bytes"));
  ward.desired.nodes.at("n2").encap.ip = "192.0.2.77";
  EXPECT_EQ(ward.check("mtu"), "FAIL n2: no link has the encap address 192.0.2.77\n");
}

TEST(DoctorMtu, of_a_link_that_is_down_tells_nothing) {
  Ward ward;
  NodeSpec& node = ward.desired.nodes.at("n2");
  node.bridges["br-phys"].name = "br-phys";
  node.bridges["br-phys"].port = "eth1";
  ward.edit<HostSeen>("n2", HostLook{}, [&](HostSeen& host) {
    host.links = {{"br-phys", "", true, 1500, {node.address + "/24"}}, {"eth1", "", false, 9000, {}}};
  });
  EXPECT_EQ(ward.check("mtu"), "UNKNOWN n2: eth1 is down: what it would carry tells nothing\n");
  ward.edit<HostSeen>("n2", HostLook{}, [](HostSeen& host) { host.links[0].up = false; });
  EXPECT_EQ(ward.check("mtu"), "UNKNOWN n2: br-phys is down: what it would carry tells nothing\n");
}

TEST(DoctorMtu, what_a_namespace_has_counts_more_than_the_file) {
  Ward ward;
  ward.see("n1", NamespaceLook{"vm1"},
           NamespaceSeen{{{"lo", "", true, 65536, {}}, {"eth0", "", true, 1500, {}}}});
  EXPECT_NE(ward.check("mtu").find("workload vm1 sends up to 1500"), std::string::npos) << ward.check("mtu");
}

TEST(DoctorCertificates, due_and_expired) {
  Ward ward;
  ward.now += std::chrono::days(300);
  EXPECT_TRUE(
      ward.check("certificates")
          .starts_with("WARN n1: the certificate of ovn-northbound expires in 65 days, and is due for "
                       "renewal\n"))
      << ward.check("certificates");
  EXPECT_EQ(ward.not_passed(), Slugs{"certificates"});
  ward.now += std::chrono::days(70);
  EXPECT_TRUE(
      ward.check("certificates").starts_with("FAIL n1: the certificate of ovn-northbound expired 5 days"))
      << ward.check("certificates");
}

TEST(DoctorCertificates, served_is_not_what_is_in_the_file) {
  Ward ward;
  const std::string old = certificate_for("old", 30, ward.now - std::chrono::days(25));
  ward.see("n2", ServedCertificateLook{"192.0.2.12", 6642}, CertificateSeen{old});
  const std::string found = ward.check("certificates");
  EXPECT_TRUE(found.starts_with("WARN n2: the certificate served at ssl:192.0.2.12:6642 expires in 5 days"))
      << found;
  EXPECT_NE(found.find("WARN n2: the certificate served at ssl:192.0.2.12:6642 is not the one in its file"),
            std::string::npos)
      << found;
  ward.lack("n2", ServedCertificateLook{"192.0.2.12", 6642});
  EXPECT_EQ(ward.check("certificates"), "FAIL n2: ssl:192.0.2.12:6642: nobody answers\n");
}

TEST(DoctorCertificates, missing_unreadable_and_an_authority_that_ends_before_its_leaves) {
  Ward ward;
  ward.lack("n1", FileLook{resources::certificate_path("ovn-northd")});
  ward.see("n2", FileLook{resources::certificate_path("ovn-northd")}, FileSeen{});
  const std::string found = ward.check("certificates");
  EXPECT_TRUE(
      found.starts_with("FAIL n1: /etc/kiln/pki/ovn-northd/cert.pem is not there\nFAIL n2: "
                        "/etc/kiln/pki/ovn-northd/cert.pem: "))
      << found;
  Ward old;
  old.see(kController, resources::authority_look(old.desired.ca),
          FileSeen{.content = certificate_for("short", 100, old.now), .owner = {}, .group = {}});
  EXPECT_EQ(old.check("certificates"),
            "WARN controller: the authority expires in 100 days; certificates that it issues now (365 days) "
            "would outlive it\n");
}

TEST(DoctorDisk, a_file_that_its_server_could_not_write_is_checked) {
  Ward ward;
  const DatabaseCheckLook look{kSb};
  ward.see("n2", look, TextSeen{"a line of the log\n\n"});
  EXPECT_EQ(ward.check("database-files"), "PASS: no server has failed to write what the next one is to read");
  ward.see("n2", look, TextSeen{"a line of the log\nrecord 6 advances commit index to 45\n"});
  EXPECT_EQ(ward.not_passed(), Slugs{"database-files"});
  EXPECT_EQ(
      ward.check("database-files"),
      "WARN n2: `ovsdb-tool check-cluster` says of a copy of /var/lib/ovn/ovnsb_db.db: record 6 advances "
      "commit index to 45; its server has logged: a line of the log\n");
  ward.facts.set({"n2", look}, Unknown{"/var/tmp has no room"});
  EXPECT_EQ(ward.check("database-files"),
            "UNKNOWN n2: check of /var/lib/ovn/ovnsb_db.db: /var/tmp has no room\n");
}

TEST(DoctorDisk, against_the_databases) {
  Ward ward;
  const auto set_free = [&](std::int64_t mib) {
    ward.edit<HostSeen>("n2", HostLook{}, [mib](HostSeen& host) { host.free_bytes = mib << 20; });
  };
  set_free(511);
  EXPECT_EQ(ward.not_passed(), Slugs{"disk"});
  EXPECT_EQ(ward.check("disk"), "WARN n2: 511 MiB are free for its databases of 60 MiB\n");
  set_free(63);
  EXPECT_EQ(ward.check("disk"), "FAIL n2: 63 MiB are free for its databases of 60 MiB\n");
  set_free(1000);
  ward.edit<FileSeen>("n2", FileLook{"/var/lib/ovn/ovnsb_db.db", false},
                      [](FileSeen& file) { file.size = std::int64_t{600} << 20; });
  EXPECT_EQ(ward.check("disk"), "WARN n2: 1000 MiB are free for its databases of 630 MiB\n");
}

}  // namespace
}  // namespace kiln::engine::doctor_test
