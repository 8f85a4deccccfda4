#include "resources/works.h"

#include <functional>

#include "resources/central/central.h"
#include "resources/ovs/lost_bridge.h"
#include "resources/ovs/lost_chassis.h"
#include "resources/ovs/rows.h"
#include "resources/resource_for_test.h"

namespace kiln::resources::works_test {
namespace {

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
    bench.see(node, flows_look("br-int"), FlowsSeen{312, {}, {}});
    for (const Database database : kClustered) {
      bench.see(node, UnitLook{std::string(server_unit(database))}, running());
      DatabaseFileSeen file;
      file.clustered = true;
      file.cluster_id = row(9).text();
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
  return lines_of(troubles(Context(bench.desired, bench.placement, bench.facts)));
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

TEST(Works, an_endpoint_that_is_yet_to_be_written_is_left_to_its_change) {
  Bench bench = well();
  const std::string ip = bench.desired.nodes.at("n1").encap_ips().front();
  const auto writes = [&](const std::string& written) {
    bench.see_rows(
        "n1", Database::open_vswitch, "Open_vSwitch",
        {{row(4), {{"external_ids", ids({{"ovn-encap-ip", written}, {"ovn-encap-type", "geneve"}})}}}});
  };
  put_encap(bench, "10.9.9.9");
  writes("10.9.9.9");
  EXPECT_EQ(seen_in(bench), "");
  writes(ip);
  EXPECT_NE(seen_in(bench), "");
  bench.desired.nodes.at("n1").encap.ip = "fd00::11";
  writes("FD00:0:0::11");
  EXPECT_NE(seen_in(bench), "") << "written, in another spelling";
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
  RaftSeen disconnected = member("candidate", "unknown");
  disconnected.status = "disconnected from the cluster (election timeout)";
  bench.see("n1", RaftLook{Database::northbound}, disconnected);
  EXPECT_EQ(seen_in(bench), text);
  EXPECT_NE(text.find("database/n2/nb on n2: it is no member of OVN_Northbound that works: failed\n"),
            std::string::npos);
  EXPECT_NE(text.find("database/n2/sb on n2: its server does not answer: "), std::string::npos);
}

TEST(Works, br_int_without_flows_and_a_switch_that_hangs_are_told) {
  Bench bench = well();
  const FlowsLook flows = flows_look("br-int");
  bench.see("n1", flows, FlowsSeen{});
  EXPECT_EQ(seen_in(bench), "chassis/n1 on n1: br-int has no flows: no packet gets through\n");
  bench.hide("n1", flows);
  EXPECT_NE(seen_in(bench).find("chassis/n1 on n1: ovs-vswitchd does not answer: flows of br-int: "),
            std::string::npos)
      << seen_in(bench);
  bench.lack("n1", flows);
  EXPECT_EQ(seen_in(bench), "") << "whoever wants the bridge tells that";
  bench.see("n1", flows, FlowsSeen{});
  bench.see("n1", connection_status_look(), TextSeen{"not connected\n"});
  EXPECT_EQ(seen_in(bench).find("no flows"), std::string::npos) << "it follows from that";
}

TEST(Works, what_decides_where_packets_go_on_a_bridge_of_the_file_is_told) {
  Bench bench = well();
  bench.desired.nodes.at("n1").bridges["br-phys"].name = "br-phys";
  const auto with = [&](const FlowsSeen& flows) {
    bench.see("n1", flows_look("br-phys"), flows);
    return seen_in(bench);
  };
  EXPECT_EQ(with({1, {"priority=0 actions=NORMAL"}, {}}), "");
  EXPECT_EQ(with({1, {"reset_counts priority=0 actions=NORMAL"}, {}}), "");
  EXPECT_EQ(with({2, {"priority=10,ip actions=drop", "priority=0 actions=NORMAL"}, {}}),
            "bridge/n1/br-phys on n1: somebody has put 1 flow into br-phys that decide where packets go: "
            "priority=10,ip actions=drop\n");
  EXPECT_EQ(
      with({0, {}, {}}),
      "bridge/n1/br-phys on n1: br-phys has no flow `priority=0 actions=NORMAL`: no packet gets through\n");
  EXPECT_EQ(with({1, {"priority=0 actions=NORMAL"}, {{"eth2", "NO_FWD NO_FLOOD"}}}),
            "bridge/n1/br-phys on n1: port eth2 of br-phys is told NO_FWD NO_FLOOD\n");
  EXPECT_EQ(troubles(Context(bench.desired, bench.placement, bench.facts)).front().mend,
            "`ovs-ofctl mod-port br-phys eth2 forward` there; `ovs-ofctl mod-port br-phys eth2 flood` there");
}

TEST(Works, a_member_that_follows_and_confirms_nothing_is_told) {
  Bench bench = well();
  RaftSeen leader = member("leader", "self");
  leader.election_timer_ms = 4000;
  RaftSeen follower = member("follower", "abcd");
  follower.address = "ssl:192.0.2.12:6643";
  follower.server_id = "ef01";
  for (const auto& [node, id] : {std::pair{"n1", "abcd"}, {"n2", "ef01"}}) {
    DatabaseFileSeen file;
    file.clustered = true;
    file.cluster_id = row(9).text();
    file.server_id = id;
    bench.see(node, DatabaseFileLook{Database::northbound}, file);
  }
  const auto heard = [&](std::optional<std::int64_t> ms) {
    leader.servers = {{"abcd", "ssl:192.0.2.11:6643", true, {}, {}},
                      {"0e01", follower.address, false, {}, 90'000},  // its old self
                      {"ef01", follower.address, false, {}, ms}};
    bench.see("n1", RaftLook{Database::northbound}, leader);
    bench.see("n2", RaftLook{Database::northbound}, follower);
    return seen_in(bench);
  };
  EXPECT_EQ(heard(4000), "");
  EXPECT_EQ(heard(11'199),
            "database/n2/nb on n2: the leader on n1 has not heard it for 11 s: it counts for no majority\n");
  EXPECT_NE(heard({}).find("has not heard it for a while"), std::string::npos);
  follower.term = 1;
  EXPECT_EQ(heard(11'199), "") << "there has been an election since";
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
            "listener/nb on cluster: connection ptcp:16641 opens OVN_Northbound to " + unguarded +
                "listener/nb on n1: " + server.unit + " runs with --remote=ptcp:7000: it lets in " +
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
            "logical-switch-port/ls1/vm1 on cluster: options:requested-chassis = n9 is somebody's: no other "
            "chassis binds the port\n");
}

TEST(Works, other_config_that_somebody_has_set_on_a_switch_of_kilns_is_told_unless_it_does_nothing) {
  Bench bench = well();
  bench.desired.switches["ls1"].name = "ls1";
  const auto with = [&](const std::map<std::string, std::string>& keys) {
    bench.see_rows(kCluster, Database::northbound, "Logical_Switch",
                   {{row(7),
                     {{"name", "ls1"},
                      {"external_ids", ids({{kOwnerKey, "edge:logical-switch/ls1"}})},
                      {"other_config", ids(keys)}}},
                    {row(8), {{"name", "theirs"}, {"other_config", ids(keys)}}}});
    return seen_in(bench);
  };
  EXPECT_EQ(with({{"mcast_snoop", "false"}, {"broadcast-arps-to-all-routers", "true"}}), "");
  EXPECT_EQ(
      with({{"vlan-passthru", "true"}, {"what", "ever"}}),
      "logical-switch/ls1 on cluster: other_config:vlan-passthru = true is somebody's: packets with a VLAN "
      "tag are let through\n"
      "logical-switch/ls1 on cluster: other_config:what = ever is somebody's: ovn-nb(5) says what it does\n");
}

void put_sequences(Bench& bench, std::int64_t asked, std::int64_t northd, std::int64_t chassis) {
  bench.see(kCluster, northbound_sequence_look(),
            RowsSeen({{row(1), {{"nb_cfg", asked}, {"sb_cfg", northd}}}}));
  bench.see(kCluster, southbound_sequence_look(), RowsSeen({{row(1), {{"nb_cfg", northd}}}}));
  bench.see(kCluster, chassis_sequence_look(),
            RowsSeen({{row(1), {{"name", "n1"}, {"nb_cfg", chassis}}},
                      {row(2), {{"name", "gone"}, {"nb_cfg", std::int64_t{1}}}}}));
}
bool is_behind(const Bench& bench) {
  return any_behind(Context(bench.desired, bench.placement, bench.facts));
}

TEST(Works, who_is_behind_what_was_asked_is_told) {
  Bench bench = well();
  put_sequences(bench, 7, 7, 7);
  EXPECT_EQ(seen_in(bench), "");
  EXPECT_FALSE(is_behind(bench));
  put_sequences(bench, 7, 5, 5);
  EXPECT_EQ(
      seen_in(bench),
      "northd/n1 on n1: ovn-northd has not taken up what was written to OVN_Northbound: it is at 5 of 7\n");
  EXPECT_TRUE(is_behind(bench));
  // That it is paused says it.
  bench.see("n1", northd_status_look(), TextSeen{"Status: paused"});
  EXPECT_FALSE(is_behind(bench));
}

TEST(Works, a_chassis_that_is_behind_is_told_while_its_controller_runs) {
  Bench bench = well();
  bench.see("n1", northd_status_look(), TextSeen{"Status: standby"});
  bench.see("n2", northd_status_look(), TextSeen{"Status: active"});
  put_sequences(bench, 7, 7, 5);
  EXPECT_EQ(
      seen_in(bench),
      "chassis/n1 on n1: its ovn-controller is 2 behind OVN_Southbound, at 5 of 7: its flows are old\n");
  bench.desired.nodes.at("n1").state = "maintenance";
  EXPECT_EQ(seen_in(bench), "");
  bench.desired.nodes.at("n1").state = "present";
  bench.see("n1", UnitLook{kControllerUnit}, in_state(running(), "failed"));
  EXPECT_EQ(seen_in(bench), "");
}

TEST(Works, one_northd_is_active) {
  Bench bench = well();
  bench.see("n1", northd_status_look(), TextSeen{"Status: paused"});
  EXPECT_EQ(seen_in(bench),
            "northd/n1 on n1: ovn-northd is paused: what is written to OVN_Northbound stays there\n");
  bench.see("n1", northd_status_look(), TextSeen{"Status: standby"});
  EXPECT_EQ(seen_in(bench),
            "northd/n1 on cluster: ovn-northd is active nowhere; it stands by on n1, n2: if that lasts, "
            "somebody else's "
            "holds the lock "
            "of OVN_Southbound\n");
  bench.desired.nodes.at("n2").state = "absent";
  EXPECT_EQ(seen_in(bench), "") << "that of a node that leaves works until it is stopped";
  bench.desired.nodes.at("n2").state = "dead";
  bench.facts.set({"n2", UnitLook{"ovn-northd.service"}}, Unknown{"no answer"});
  EXPECT_EQ(seen_in(bench), "") << "that of a node which is called dead may work, and have the lock";
  bench.see("n2", UnitLook{"ovn-northd.service"}, running());
  bench.desired.nodes.at("n2").state = "present";
  for (const char* node : {"n1", "n2"}) bench.see(node, northd_status_look(), TextSeen{"Status: active"});
  EXPECT_EQ(seen_in(bench), "northd/n1 on cluster: ovn-northd is active on n1, n2 at once\n");
}

void add_workload(Bench& bench, const std::string& name, const std::string& node) {
  SwitchSpec& ls1 = bench.desired.switches["ls1"];
  ls1.name = "ls1";
  PortSpec& port = ls1.ports[name];
  port.switch_name = "ls1";
  port.name = name;
  port.nb_name = "ls1-" + name;
  port.addresses = {"02:ac:10:ff:00:0b"};
  WorkloadSpec& workload = bench.desired.workloads[name];
  workload.name = name;
  workload.node = node;
  workload.port = "ls1/" + name;
}

/// n1 and n2 with eth1 in br-phys, which has the encap address; vm1 runs on n1.
Bench with_links() {
  Bench bench = well();
  for (const char* name : {"n1", "n2"}) {
    NodeSpec& node = bench.desired.nodes.at(name);
    BridgeSpec bridge;
    bridge.name = "br-phys";
    bridge.datapath = "netdev";
    bridge.port = "eth1";
    bridge.address = node.address + "/24";
    node.bridges[bridge.name] = bridge;
    HostSeen host;
    host.links = {{"br-int", "", false, 1500, {}},
                  {"br-phys", "", true, 1500, {bridge.address}},
                  {"eth1", "", true, 1500, {}},
                  {"w-vm1", "", true, 1400, {}}};
    bench.see(name, HostLook{}, host);
  }
  add_workload(bench, "vm1", "n1");
  bench.see_rows("n1", Database::open_vswitch, "Interface", {{row(5), {{"name", "br-phys"}}}});
  bench.see_rows("n1", Database::open_vswitch, "Bridge", {{row(3), {{"name", "br-phys"}}}});
  return bench;
}
void edit_link(Bench& bench, const std::string& name, const std::function<void(LinkSeen&)>& edit) {
  HostSeen host = *bench.facts.seen<HostSeen>("n1", HostLook{});
  for (LinkSeen& link : host.links)
    if (link.name == name) edit(link);
  bench.see("n1", HostLook{}, host);
}

TEST(Works, links_that_carry_packets_are_up) {
  EXPECT_EQ(seen_in(with_links()), "");
  for (const char* name : {"br-phys", "eth1"}) {
    Bench bench = with_links();
    edit_link(bench, name, [](LinkSeen& link) { link.up = false; });
    EXPECT_EQ(seen_in(bench), "bridge/n1/br-phys on n1: link " + std::string(name) + " is down\n");
    edit_link(bench, name, [](LinkSeen& link) { link.up = true, link.carrier = false; });
    EXPECT_EQ(seen_in(bench), "bridge/n1/br-phys on n1: link " + std::string(name) + " has no carrier\n");
    bench.desired.nodes.at("n1").state = "maintenance";
    bench.see("n2", northd_status_look(), TextSeen{"Status: active"});
    EXPECT_EQ(seen_in(bench), "");
  }
  Bench bench = with_links();
  edit_link(bench, "w-vm1", [](LinkSeen& link) { link.up = false; });
  EXPECT_EQ(seen_in(bench), "") << "that is a change of workload/vm1";
}

TEST(Works, links_of_what_is_yet_to_be_made_are_left_to_its_change) {
  Bench bench = with_links();
  // A restart of Open vSwitch took the bridge away; its link is there for a moment longer.
  edit_link(bench, "br-phys", [](LinkSeen& link) { link.carrier = false; });
  bench.see_rows("n1", Database::open_vswitch, "Bridge", {});
  bench.see_rows("n1", Database::open_vswitch, "Interface", {});
  EXPECT_EQ(seen_in(bench), "");
  bench = with_links();
  edit_link(bench, "eth1", [](LinkSeen& link) { link.up = false; });
  bench.see_rows("n1", Database::open_vswitch, "Bridge", {});
  bench.see("n1", UnitLook{kControllerUnit}, in_state(running(), "inactive"));
  EXPECT_EQ(seen_in(bench), "");
}

TEST(Works, the_link_with_the_encap_address_is_up_and_the_only_one) {
  Bench bench = with_links();
  const std::string ip = bench.desired.nodes.at("n1").address;
  bench.desired.nodes.at("n1").bridges.clear();
  edit_link(bench, "br-phys", [](LinkSeen& link) { link.carrier = false; });
  EXPECT_EQ(seen_in(bench), "chassis/n1 on n1: link br-phys has no carrier\n");
  edit_link(bench, "eth1", [&](LinkSeen& link) { link.addresses = {ip + "/24"}; });
  EXPECT_EQ(seen_in(bench), "chassis/n1 on n1: encap address " + ip + " is on br-phys and eth1 at once\n");
  edit_link(bench, "br-phys", [](LinkSeen& link) { link.addresses.clear(); });
  EXPECT_EQ(seen_in(bench), "");  // by the kernel's datapath
  bench.desired.nodes.at("n1").datapath = "netdev";
  EXPECT_EQ(seen_in(bench), "chassis/n1 on n1: encap address " + ip +
                                " is on eth1, no bridge of Open vSwitch: the userspace datapath drops what "
                                "it would send through tunnels\n");
  edit_link(bench, "eth1", [](LinkSeen& link) { link.name = "lo"; });
  EXPECT_EQ(seen_in(bench), "");
}

TEST(Works, the_underlay_carries_what_workloads_send) {
  Bench bench = with_links();
  edit_link(bench, "eth1", [](LinkSeen& link) { link.mtu = 1458; });
  EXPECT_EQ(seen_in(bench), "");
  edit_link(bench, "eth1", [](LinkSeen& link) { link.mtu = 1457; });
  EXPECT_EQ(seen_in(bench),
            "chassis/n1 on n1: tunnels by eth1 carry packets of up to 1399 bytes; workload vm1 sends up to "
            "1400\n");
}

/// The node's row of Open_vSwitch, with its endpoint in it.
void put_keys(Bench& bench, const std::string& node, std::map<std::string, std::string> keys) {
  keys.emplace("ovn-encap-ip", bench.desired.nodes.at(node).address);
  keys.emplace("ovn-encap-type", "geneve");
  bench.see_rows(node, Database::open_vswitch, "Open_vSwitch", {{row(9), {{"external_ids", ids(keys)}}}});
}
/// n1 and n2 are registered, and each has a tunnel to the other.
Bench with_tunnels() {
  Bench bench = well();
  const auto ip = [&](const char* name) { return bench.desired.nodes.at(name).address; };
  bench.see_rows(kCluster, Database::southbound, "Chassis",
                 {{row(1), {{"name", "n1"}, {"encaps", ovsdb::Value(row(2))}}},
                  {row(3), {{"name", "n2"}, {"encaps", ovsdb::Value(row(4))}}}});
  bench.see_rows(kCluster, Database::southbound, "Encap",
                 {{row(2), {{"chassis_name", "n1"}, {"ip", ip("n1")}, {"type", "geneve"}}},
                  {row(4), {{"chassis_name", "n2"}, {"ip", ip("n2")}, {"type", "geneve"}}}});
  for (const auto& [from, to] : {std::pair{"n1", "n2"}, std::pair{"n2", "n1"}}) {
    put_keys(bench, from, {});
    bench.see_rows(from, Database::open_vswitch, "Port",
                   {{row(6),
                     {{"name", "ovn-x-0"},
                      {"external_ids", ids({{"ovn-chassis-id", std::string(to) + '@' + ip(to) + "%"}})}}}});
    bench.see_rows(from, Database::open_vswitch, "Interface",
                   {{row(7), {{"name", "ovn-x-0"}, {"options", ids({{"remote_ip", ip(to)}})}}}});
  }
  return bench;
}
void put_tunnel(Bench& bench, ovsdb::Row columns) {
  columns.emplace("name", "ovn-x-0");
  columns.emplace("options", ids({{"remote_ip", bench.desired.nodes.at("n2").address}}));
  bench.see_rows("n1", Database::open_vswitch, "Interface", {{row(7), std::move(columns)}});
}

TEST(Works, each_two_chassis_have_a_tunnel) {
  Bench bench = with_tunnels();
  EXPECT_EQ(seen_in(bench), "");
  const std::string ip = bench.desired.nodes.at("n2").address;
  put_tunnel(bench, {{"options", ids({{"remote_ip", "10.9.9.9"}})}});
  EXPECT_EQ(seen_in(bench),
            "chassis/n1 on n1: tunnel ovn-x-0 to n2 leads to 10.9.9.9, the file has " + ip + '\n');
  bench.see_rows("n1", Database::open_vswitch, "Port", {});
  EXPECT_EQ(seen_in(bench), "chassis/n1 on n1: br-int has no tunnel to n2 at " + ip + '\n');

  for (const char* key : {"ovn-transport-zones", "ovn-transport-zones-n1"}) {
    put_keys(bench, "n1", {{key, "tz1"}});
    EXPECT_EQ(seen_in(bench), "") << key;
  }
  add_workload(bench, "vm-n1", "n1");
  add_workload(bench, "vm-n2", "n2");
  bench.desired.checks = {{.from = "vm-n1", .to = "vm-n2", .places = {}}};
  EXPECT_EQ(seen_in(bench),
            "chassis/n1 on n1: no tunnel to n2, which a check of the file needs: they share no zone of "
            "external_ids:ovn-transport-zones\n");
  put_keys(bench, "n2", {{"ovn-transport-zones", "tz2,tz1"}});
  EXPECT_NE(seen_in(bench), "");
  put_keys(bench, "n1", {{"ovn-transport-zones", "tz1"}, {"ovn-enable-flow-based-tunnels", "true"}});
  EXPECT_EQ(seen_in(bench), "");
}

TEST(Works, a_second_endpoint_has_tunnels_once_its_change_has_written_it) {
  Bench bench = with_tunnels();
  const std::string ip = bench.desired.nodes.at("n2").address;
  bench.desired.nodes.at("n2").encap = {.ip = ip, .ips = {ip, "10.99.0.12"}};
  EXPECT_EQ(seen_in(bench), "");
  put_keys(bench, "n2", {{"ovn-encap-ip", "10.99.0.12," + ip}});
  EXPECT_EQ(seen_in(bench), "chassis/n2 on n2: OVN_Southbound has it with encap geneve " + ip +
                                ", the file with geneve 10.99.0.12, geneve " + ip + '\n');
  bench.see_rows(
      kCluster, Database::southbound, "Encap",
      {{row(2), {{"chassis_name", "n1"}, {"ip", bench.desired.nodes.at("n1").address}, {"type", "geneve"}}},
       {row(4), {{"chassis_name", "n2"}, {"ip", ip}, {"type", "geneve"}}},
       {row(5), {{"chassis_name", "n2"}, {"ip", "10.99.0.12"}, {"type", "geneve"}}}});
  bench.see_rows(
      kCluster, Database::southbound, "Chassis",
      {{row(1), {{"name", "n1"}, {"encaps", ovsdb::Value(row(2))}}},
       {row(3),
        {{"name", "n2"}, {"encaps", ovsdb::Value::set({ovsdb::Atom(row(4)), ovsdb::Atom(row(5))})}}}});
  EXPECT_EQ(seen_in(bench), "chassis/n1 on n1: br-int has no tunnel to n2 at 10.99.0.12\n");
}

TEST(Works, the_port_of_a_tunnel_is_made_and_its_bfd_session_up) {
  Bench bench = with_tunnels();
  put_tunnel(bench, {{"ofport", ovsdb::Value(std::int64_t{-1})}, {"error", "could not add network device"}});
  EXPECT_EQ(seen_in(bench),
            "chassis/n1 on n1: Open vSwitch has no port for tunnel ovn-x-0 to n2: could not add network "
            "device\n");
  put_tunnel(bench, {{"bfd_status", ids({{"state", "down"}})}});
  EXPECT_EQ(seen_in(bench), "chassis/n1 on n1: BFD says that tunnel ovn-x-0 to n2 is down\n");
  put_tunnel(bench, {{"bfd_status", ids({{"state", "up"}})}});
  EXPECT_EQ(seen_in(bench), "");
}

TEST(Works, tunnels_of_chassis_that_are_not_there_or_have_another_fault_are_not_judged) {
  for (const auto& break_it : std::initializer_list<std::function<void(Bench&)>>{
           [](Bench& bench) { bench.hide("n2", HostLook{}); },
           [](Bench& bench) { bench.desired.nodes.at("n2").state = "maintenance"; },
           [](Bench& bench) { bench.see("n2", UnitLook{kControllerUnit}, in_state(running(), "inactive")); },
           [](Bench& bench) { bench.hide(kCluster, chassis_look()); },
           [](Bench& bench) { put_encap(bench, bench.desired.nodes.at("n1").address); }}) {
    Bench bench = with_tunnels();
    bench.see_rows("n1", Database::open_vswitch, "Port", {});
    break_it(bench);
    EXPECT_EQ(seen_in(bench), "");
  }
  Bench bench = with_tunnels();
  bench.see_rows("n1", Database::open_vswitch, "Port", {});
  bench.see("n1", controller_debug_look(), TextSeen{"paused\n"});
  EXPECT_EQ(seen_in(bench),
            "chassis/n1 on n1: ovn-controller is paused: what OVN_Southbound has does not get to br-int\n");
}

}  // namespace
}  // namespace kiln::resources::works_test
