#include "resources/works.h"

#include "resources/central/central.h"
#include "resources/ovs/lost_bridge.h"
#include "resources/ovs/lost_chassis.h"
#include "resources/ovs/rows.h"
#include "resources/resource_for_test.h"

namespace kiln::resources::works_test {
namespace {

constexpr Database kClustered[] = {Database::northbound, Database::southbound};

RaftSeen member(const std::string& role, const std::string& leader) {
  RaftSeen raft;
  raft.status = "cluster member";
  raft.role = role;
  raft.leader = leader;
  return raft;
}

void put_interface(Bench& bench, ovsdb::Row columns) {
  columns.emplace("name", "br-int");
  bench.see_rows("n1", Database::open_vswitch, "Interface", {{row(5), std::move(columns)}});
}
void put_encap(Bench& bench, const std::string& ip) {
  bench.see_rows(kCluster, Database::southbound, "Chassis",
                 {{row(1), {{"name", "n1"}, {"encaps", ovsdb::Value(row(2))}}}});
  bench.see_rows(kCluster, Database::southbound, "Encap",
                 {{row(2), {{"chassis_name", "n1"}, {"ip", ip}, {"type", "geneve"}}}});
}

/// n1 and n2 are central, chassis and switch, and all of it works.
Bench well() {
  Bench bench(2);
  for (const char* node : {"n1", "n2"}) {
    HostSeen host;
    host.links = {{"br-int", "", true, 1500, {}}};
    bench.see(node, HostLook{}, host);
    for (const char* unit : {kSwitchUnit, kControllerUnit, kNorthdUnit})
      bench.see(node, UnitLook{unit}, running());
    bench.see(node, connection_status_look(), TextSeen{"connected"});
    for (const Database database : kClustered) {
      bench.see(node, UnitLook{std::string(server_unit(database))}, running());
      DatabaseFileSeen file;
      file.clustered = true;
      bench.see(node, DatabaseFileLook{database}, file);
      bench.see(node, RaftLook{database}, member("leader", "self"));
    }
  }
  bench.see("n1", northd_status_look(), TextSeen{"Status: active\n"});
  bench.see("n2", northd_status_look(), TextSeen{"Status: standby\n"});
  bench.see_rows("n1", Database::open_vswitch, "Bridge", {{row(3), {{"name", "br-int"}}}});
  put_interface(bench, {{"ofport", ovsdb::Value(std::int64_t{65534})}});
  put_encap(bench, bench.desired.nodes.at("n1").encap_ips().front());
  return bench;
}

/// A line each.
std::string seen_in(const Bench& bench) {
  std::string text;
  for (const Trouble& trouble : troubles(Context(bench.desired, bench.placement, bench.facts))) {
    EXPECT_FALSE(trouble.mend.empty());
    text += to_text(trouble) + '\n';
  }
  return text;
}

TEST(Works, what_works_is_no_trouble) {
  EXPECT_EQ(seen_in(well()), "");
}

TEST(Works, a_port_that_open_vswitch_could_not_make_is_told_in_its_words) {
  Bench bench = well();
  put_interface(
      bench, {{"ofport", ovsdb::Value(std::int64_t{-1})}, {"error", "could not open network device br-int"}});
  EXPECT_EQ(
      seen_in(bench),
      "bridge/n1/br-int on n1: Open vSwitch has no port for interface br-int: could not open network device "
      "br-int\n");
  put_interface(bench, {{"ofport", ovsdb::Value(std::int64_t{-1})}});
  EXPECT_EQ(seen_in(bench), "bridge/n1/br-int on n1: Open vSwitch has no port for interface br-int\n");
}

TEST(Works, ports_of_others_are_not_judged) {
  Bench bench = well();
  put_interface(bench, {{"name", "tap0"}, {"error", "no such device"}});
  EXPECT_EQ(seen_in(bench), "");
  put_interface(bench, {{"name", "tap0"},
                        {"error", "no such device"},
                        {"external_ids", ids({{kOwnerKey, "edge:workload/vm1"}})}});
  EXPECT_EQ(seen_in(bench),
            "workload/vm1 on n1: Open vSwitch has no port for interface tap0: no such device\n");
}

TEST(Works, a_bridge_needs_its_link) {
  Bench bench = well();
  bench.see("n1", HostLook{}, HostSeen{});
  EXPECT_EQ(seen_in(bench), "bridge/n1/br-int on n1: Open vSwitch has made no link br-int\n");
}

TEST(Works, what_does_not_run_is_left_to_its_change) {
  Bench bench = well();
  bench.see("n1", HostLook{}, HostSeen{});
  for (const char* unit : {kSwitchUnit, kControllerUnit, kNorthdUnit})
    bench.see("n1", UnitLook{unit}, in_state(running(), "inactive"));
  for (const Database database : kClustered) {
    bench.see("n1", UnitLook{std::string(server_unit(database))}, in_state(running(), "failed"));
    bench.lack("n1", RaftLook{database});
  }
  bench.see("n2", northd_status_look(), TextSeen{"Status: active"});
  EXPECT_EQ(seen_in(bench), "");
}

TEST(Works, ovn_controller_has_to_be_connected) {
  Bench bench = well();
  bench.see("n1", connection_status_look(), TextSeen{"not connected\n"});
  EXPECT_EQ(seen_in(bench), "chassis/n1 on n1: ovn-controller is not connected (of OVN_Southbound)\n");
  bench.hide("n1", connection_status_look());
  EXPECT_EQ(seen_in(bench).find("chassis/n1 on n1: ovn-controller does not answer: "), 0U);
}

TEST(Works, a_chassis_is_registered_with_the_endpoints_of_the_file) {
  Bench bench = well();
  const std::string ip = bench.desired.nodes.at("n1").encap_ips().front();
  put_encap(bench, "10.9.9.9");
  EXPECT_EQ(seen_in(bench),
            "chassis/n1 on n1: OVN_Southbound has it with encap geneve 10.9.9.9, the file with geneve " + ip +
                '\n');
}

TEST(Works, a_key_for_this_chassis_alone_is_told) {
  Bench bench = well();
  bench.see_rows(
      "n1", Database::open_vswitch, "Open_vSwitch",
      {{row(4),
        {{"external_ids", ids({{"ovn-encap-ip-n1", "10.9.9.9"}, {"ovn-encap-ip-n2", "10.9.9.8"}})}}}});
  EXPECT_EQ(
      seen_in(bench),
      "chassis/n1 on n1: external_ids:ovn-encap-ip-n1 = 10.9.9.9 takes the place of kiln's ovn-encap-ip\n");
}

TEST(Works, a_member_that_is_cut_off_or_hangs_is_told) {
  Bench bench = well();
  bench.see("n1", RaftLook{Database::northbound}, member("candidate", "unknown"));
  bench.hide("n2", RaftLook{Database::southbound});
  RaftSeen failed = member("follower", "abcd");
  failed.status = "failed";
  bench.see("n2", RaftLook{Database::northbound}, failed);
  const std::string text = seen_in(bench);
  EXPECT_NE(text.find("database/n1/nb on n1: it knows no leader of OVN_Northbound (role: candidate)\n"),
            std::string::npos);
  EXPECT_NE(text.find("database/n2/nb on n2: it is no member of OVN_Northbound that works: failed\n"),
            std::string::npos);
  EXPECT_NE(text.find("database/n2/sb on n2: its server does not answer: "), std::string::npos);
}

TEST(Works, what_opens_a_database_to_the_network_is_told) {
  Bench bench = well();
  bench.see_rows(kCluster, Database::northbound, "Connection",
                 {{row(1), {{"target", "pssl:6641:[::]"}}},
                  {row(2), {{"target", "ptcp:16641"}}},
                  {row(3), {{"target", "ptcp:16641:127.0.0.1"}}},
                  {row(4), {{"target", "punix:/run/more"}}}});
  bench.see_rows(kCluster, Database::southbound, "Connection", {{row(5), {{"target", "ssl:192.0.2.99:9"}}}});
  bench.see_rows("n2", Database::open_vswitch, "Manager", {{row(6), {{"target", "ptcp:6640:0.0.0.0"}}}});
  const UnitLook server{std::string(server_unit(Database::northbound))};
  bench.see("n1", server,
            running({"ovsdb-server", "--remote=punix:/run/ovn/ovnnb_db.sock", "--remote=ptcp:7000",
                     "--remote=db:OVN_Northbound,NB_Global,connections"}));
  const std::string unguarded = "whoever reaches it, without a certificate\n";
  EXPECT_EQ(seen_in(bench),
            "database/n1/nb on n1: " + server.unit + " runs with --remote=ptcp:7000: it lets in " +
                unguarded + "listener/nb on cluster: connection ptcp:16641 opens OVN_Northbound to " +
                unguarded +
                "listener/sb on cluster: connection ssl:192.0.2.99:9 opens OVN_Southbound to whoever has a "
                "certificate of the authority\n"
                "openvswitch/n2 on n2: manager ptcp:6640:0.0.0.0 opens Open_vSwitch to " +
                unguarded);
}

TEST(Works, options_that_somebody_has_set_on_a_port_of_kilns_are_told) {
  Bench bench = well();
  ovsdb::Row port{{"name", "ls1-vm1"},
                  {"external_ids", ids({{kOwnerKey, "edge:logical-switch-port/ls1/vm1"}})},
                  {"options", ids({{"requested-chassis", "n9"}})}};
  ovsdb::Row other{{"name", "theirs"}, {"options", ids({{"requested-chassis", "n9"}})}};
  bench.see_rows(kCluster, Database::northbound, "Logical_Switch_Port", {{row(7), port}, {row(8), other}});
  EXPECT_EQ(seen_in(bench),
            "logical-switch-port/ls1/vm1 on cluster: options:requested-chassis = n9 is somebody's: ovn-nb(5) "
            "says what it does\n");
}

TEST(Works, one_northd_is_active) {
  Bench bench = well();
  bench.see("n1", northd_status_look(), TextSeen{"Status: paused"});
  EXPECT_EQ(seen_in(bench),
            "northd/n1 on n1: ovn-northd is paused: what is written to OVN_Northbound stays there\n");
  bench.see("n1", northd_status_look(), TextSeen{"Status: standby"});
  EXPECT_EQ(seen_in(bench),
            "northd/n1 on cluster: ovn-northd is active nowhere; it stands by on n1, n2: somebody else's "
            "holds the lock "
            "of OVN_Southbound\n");
  for (const char* node : {"n1", "n2"}) bench.see(node, northd_status_look(), TextSeen{"Status: active"});
  EXPECT_EQ(seen_in(bench), "northd/n1 on cluster: ovn-northd is active on n1, n2 at once\n");
}

}  // namespace
}  // namespace kiln::resources::works_test
