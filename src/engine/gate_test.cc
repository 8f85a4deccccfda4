#include "engine/gate.h"

#include <gtest/gtest.h>

#include "base/secret.h"
#include "engine/fakes_for_test.h"
#include "pki/authority.h"

namespace kiln::engine::gate_test {
namespace {

using Kind = Verdict::Kind;

struct Case {
  std::string name;
  Condition condition;
  std::map<Look, Fact> on_host;
  std::map<Look, Fact> on_cluster;
  Verdict verdict;
};

Verdict judge_case(const Case& one) {
  Facts facts;
  const Gate gate{"n1", one.condition, Duration{1000}};
  std::map<Probe, Fact> answers;
  for (const auto& [look, fact] : one.on_host) answers[{"n1", look}] = fact;
  for (const auto& [look, fact] : one.on_cluster) answers[{kCluster, look}] = fact;
  // Only what the gate asks for may count.
  for (const Probe& probe : probes_of(gate)) {
    const auto found = answers.find(probe);
    facts.set(probe, found == answers.end() ? Fact(Unknown{"no answer"}) : found->second);
  }
  return judge(gate, facts);
}

Fact unit(const std::string& active, const std::string& sub = "", const std::string& load = "loaded") {
  UnitSeen seen;
  seen.load_state = load;
  seen.active_state = active;
  seen.sub_state = sub;
  return Seen{seen};
}
Fact raft(const std::string& status, const std::string& leader, std::int64_t not_applied) {
  RaftSeen seen;
  seen.status = status;
  seen.leader = leader;
  seen.not_applied = not_applied;
  return Seen{seen};
}
Uuid number(std::uint8_t last) {
  Uuid uuid;
  uuid.bytes[15] = last;
  return uuid;
}
Fact rows(ovsdb::Table table) {
  return Seen{RowsSeen(std::move(table))};
}
Fact chassis(const std::string& name) {
  return rows({{number(1), {{"name", name}, {"encaps", ovsdb::Value(number(2))}}}});
}
Fact encap(const std::string& type, const std::string& ip) {
  return rows({{number(2), {{"type", type}, {"ip", ip}, {"chassis_name", "n1"}}}});
}

const DatabaseLook kServer{Database::northbound};
const RaftLook kRaft{Database::northbound};
const UnitLook kServerUnit{"ovn-ovsdb-server-nb.service"};
const RowsLook kChassis{Database::southbound, "Chassis", {"encaps", "name"}};
const RowsLook kEncap{Database::southbound, "Encap", {"chassis_name", "ip", "type"}};
const RowsLook kPort{Database::northbound, "Logical_Switch_Port", {"name", "up"}};
const DatabaseConnected kConnected{Database::northbound};
const ChassisRegistered kRegistered{"n1", {"10.0.1.11"}, {"geneve"}};

void expect_all(const std::vector<Case>& cases) {
  for (const Case& one : cases) {
    const Verdict verdict = judge_case(one);
    EXPECT_EQ(verdict.kind, one.verdict.kind) << one.name;
    EXPECT_EQ(verdict.seen, one.verdict.seen) << one.name;
  }
}

TEST(Gate, database_connected) {
  const Fact up = server(true, false);
  expect_all({
      {"no answer", kConnected, {}, {}, {Kind::not_yet, "server of OVN_Northbound: no answer"}},
      {"no server", kConnected, {{kServer, Absent{}}}, {}, {Kind::not_yet, "no server answers"}},
      {"alone",
       kConnected,
       {{kServer, server(false, false)}},
       {},
       {Kind::not_yet, "not connected to its cluster"}},
      {"joining",
       kConnected,
       {{kServer, up}, {kRaft, raft("joining cluster", "unknown", 0)}},
       {},
       {Kind::not_yet, "joining cluster"}},
      {"no leader",
       kConnected,
       {{kServer, up}, {kRaft, raft("cluster member", "unknown", 0)}},
       {},
       {Kind::not_yet, "no leader is known"}},
      {"behind",
       kConnected,
       {{kServer, up}, {kRaft, raft("cluster member", "5d1a", 3)}},
       {},
       {Kind::not_yet, "3 entries not yet applied"}},
      {"member",
       kConnected,
       {{kServer, up}, {kRaft, raft("cluster member", "self", 0)}},
       {},
       {Kind::holds, "cluster member, leader self"}},
      {"failed",
       kConnected,
       {{kServer, up}, {kServerUnit, unit("failed", "failed")}},
       {},
       {Kind::never,
        "ovn-ovsdb-server-nb.service has failed (failed): see `journalctl -u ovn-ovsdb-server-nb.service` on "
        "n1"}},
      {"masked",
       kConnected,
       {{kServerUnit, unit("inactive", "dead", "masked")}},
       {},
       {Kind::never, "ovn-ovsdb-server-nb.service is masked"}},
  });
  DatabaseSeen standalone;
  standalone.model = "standalone";
  standalone.connected = true;
  expect_all({{"standalone",
               DatabaseConnected{Database::open_vswitch},
               {{DatabaseLook{Database::open_vswitch}, Seen{standalone}}},
               {},
               {Kind::holds, "connected"}}});
}

TEST(Gate, a_member_is_gone_when_another_no_longer_lists_it) {
  const MemberGone gone{Database::northbound, "ssl:10.0.0.3:6643"};
  const RaftLook look{Database::northbound};
  RaftSeen listing;
  listing.servers.resize(2);
  listing.servers[1].address = gone.address;
  RaftSeen without;
  without.servers.resize(2);
  expect_all({{"silent", gone, {{look, Absent{}}}, {}, {Kind::not_yet, "it says nothing of its cluster"}},
              {"listed", gone, {{look, Seen{listing}}}, {}, {Kind::not_yet, "it is listed"}},
              {"gone", gone, {{look, Seen{without}}}, {}, {Kind::holds, "2 members are left"}}});
}

TEST(Gate, an_election_timer_is_what_the_member_says) {
  const RaftLook look{Database::southbound};
  RaftSeen raft;
  raft.election_timer_ms = 8000;
  const ElectionTimer eight{Database::southbound, 8000};
  const ElectionTimer sixteen{Database::southbound, 16000};
  expect_all({{"silent", eight, {{look, Absent{}}}, {}, {Kind::not_yet, "it says nothing of its cluster"}},
              {"not yet", sixteen, {{look, Seen{raft}}}, {}, {Kind::not_yet, "8000 ms"}},
              {"there", eight, {{look, Seen{raft}}}, {}, {Kind::holds, "8000 ms"}}});
}

Fact member_of(const std::string& role, const std::string& leader) {
  RaftSeen seen;
  seen.role = role;
  seen.leader = leader;
  return Seen{seen};
}

TEST(Gate, what_a_node_that_is_drained_or_rebooted_is_waited_for) {
  const AppctlLook northd{"ovn-northd", "status"};
  const RaftLook nb{Database::northbound};
  const RowsLook all_chassis{Database::southbound, "Chassis", {"encaps", "name"}};
  HostSeen host;
  host.boot_id = "2";
  expect_all({
      {"leads", MemberFollows{}, {{nb, member_of("leader", "self")}}, {}, {Kind::not_yet, "it leads"}},
      {"election",
       MemberFollows{},
       {{nb, member_of("follower", "unknown")}},
       {},
       {Kind::not_yet, "no leader is known"}},
      {"follows", MemberFollows{}, {{nb, member_of("follower", "00bb")}}, {}, {Kind::holds, "leader 00bb"}},
      {"no server", MemberFollows{}, {{nb, Absent{}}}, {}, {Kind::not_yet, "it says nothing of its cluster"}},
      {"another is active",
       NorthdActive{{"n1"}},
       {{northd, Seen{TextSeen{"Status: active\n"}}}},
       {},
       {Kind::holds, "active on n1"}},
      {"none is active",
       NorthdActive{{"n2", "n1"}},
       {{northd, Seen{TextSeen{"Status: standby\n"}}}},
       {},
       {Kind::not_yet, "n2: ovn-northd status: no answer; n1: Status: standby"}},
      {"registered",
       ChassisGone{"n1"},
       {},
       {{all_chassis, chassis("n1")}},
       {Kind::not_yet, "its row of Chassis is there"}},
      {"gone", ChassisGone{"n1"}, {}, {{all_chassis, chassis("n2")}}, {Kind::holds, "no row"}},
      {"the same boot",
       Rebooted{"2"},
       {{HostLook{}, Seen{host}}},
       {},
       {Kind::not_yet, "the same boot as before"}},
      {"another boot", Rebooted{"1"}, {{HostLook{}, Seen{host}}}, {}, {Kind::holds, "boot 2"}},
      {"down", Rebooted{"1"}, {}, {}, {Kind::not_yet, "host: no answer"}},
  });
}

TEST(Gate, unit_link_northd_and_ping) {
  HostSeen host;
  host.links = {{"br-ex", "", true, 1500, {}}};
  const AppctlLook northd{"ovn-northd", "status"};
  const AppctlLook controller{"ovn-controller", "connection-status"};
  const PingLook ping{"vm1", "10.0.0.2", 1};
  expect_all({
      {"active",
       UnitActive{"u"},
       {{UnitLook{"u"}, unit("active", "running")}},
       {},
       {Kind::holds, "active (running)"}},
      {"starts",
       UnitActive{"u"},
       {{UnitLook{"u"}, unit("activating", "start")}},
       {},
       {Kind::not_yet, "activating (start)"}},
      {"no unit", UnitActive{"u"}, {{UnitLook{"u"}, Absent{}}}, {}, {Kind::not_yet, "there is no such unit"}},
      {"failed",
       UnitActive{"u"},
       {{UnitLook{"u"}, unit("failed")}},
       {},
       {Kind::never, "u has failed: see `journalctl -u u` on n1"}},
      {"link", LinkPresent{"br-ex"}, {{HostLook{}, Seen{host}}}, {}, {Kind::holds, "it is there"}},
      {"no link",
       LinkPresent{"br-in"},
       {{HostLook{}, Seen{host}}},
       {},
       {Kind::not_yet, "there is no such link"}},
      {"link that stays", LinkGone{"br-ex"}, {{HostLook{}, Seen{host}}}, {}, {Kind::not_yet, "it is there"}},
      {"link gone", LinkGone{"br-in"}, {{HostLook{}, Seen{host}}}, {}, {Kind::holds, "it is gone"}},
      {"leads",
       NorthdRunning{},
       {{northd, Seen{TextSeen{"Status: active\n"}}}},
       {},
       {Kind::holds, "Status: active"}},
      {"stands by",
       NorthdRunning{},
       {{northd, Seen{TextSeen{"Status: standby\n"}}}},
       {},
       {Kind::holds, "Status: standby"}},
      {"paused",
       NorthdRunning{},
       {{northd, Seen{TextSeen{"Status: paused\n"}}}},
       {},
       {Kind::not_yet, "Status: paused"}},
      {"silent", NorthdRunning{}, {{northd, Absent{}}}, {}, {Kind::not_yet, "ovn-northd does not answer"}},
      {"talks to the southbound",
       ControllerConnected{},
       {{controller, Seen{TextSeen{"connected\n"}}}},
       {},
       {Kind::holds, "connected"}},
      {"does not",
       ControllerConnected{},
       {{controller, Seen{TextSeen{"not connected\n"}}}},
       {},
       {Kind::not_yet, "not connected"}},
      {"answered",
       PingAnswered{"vm1", "10.0.0.2"},
       {{ping, Seen{PingSeen{1, 1}}}},
       {},
       {Kind::holds, "1 of 1 answered"}},
      {"lost",
       PingAnswered{"vm1", "10.0.0.2"},
       {{ping, Seen{PingSeen{1, 0}}}},
       {},
       {Kind::not_yet, "0 of 1 answered"}},
      {"none sent",
       PingAnswered{"vm1", "10.0.0.2"},
       {{ping, Seen{PingSeen{0, 0}}}},
       {},
       {Kind::not_yet, "0 of 0 answered"}},
  });
}

TEST(Gate, chassis_registered_and_port_up) {
  const auto port = [](ovsdb::Row row) { return rows({{number(1), std::move(row)}}); };
  const UnitLook controller{"ovn-controller.service"};
  expect_all({
      {"registered",
       kRegistered,
       {},
       {{kChassis, chassis("n1")}, {kEncap, encap("geneve", "10.0.1.11")}},
       {Kind::holds, "it has encap geneve 10.0.1.11"}},
      {"old address",
       kRegistered,
       {},
       {{kChassis, chassis("n1")}, {kEncap, encap("geneve", "10.9.9.9")}},
       {Kind::not_yet, "it has encap geneve 10.9.9.9"}},
      {"other type",
       kRegistered,
       {},
       {{kChassis, chassis("n1")}, {kEncap, encap("vxlan", "10.0.1.11")}},
       {Kind::not_yet, "it has encap vxlan 10.0.1.11"}},
      {"other name",
       kRegistered,
       {},
       {{kChassis, chassis("n2")}, {kEncap, encap("geneve", "10.0.1.11")}},
       {Kind::not_yet, "no row of Chassis has this name"}},
      {"no database",
       kRegistered,
       {},
       {{kChassis, Absent{}}},
       {Kind::not_yet, "OVN_Southbound is not there"}},
      {"failed",
       kRegistered,
       {{controller, unit("failed")}},
       {},
       {Kind::never, "ovn-controller.service has failed: see `journalctl -u ovn-controller.service` on n1"}},
      {"up", PortUp{"p"}, {}, {{kPort, port({{"name", "p"}, {"up", true}})}}, {Kind::holds, "up"}},
      {"down", PortUp{"p"}, {}, {{kPort, port({{"name", "p"}, {"up", false}})}}, {Kind::not_yet, "down"}},
      {"not set", PortUp{"p"}, {}, {{kPort, port({{"name", "p"}})}}, {Kind::not_yet, "up is not set"}},
      {"no port",
       PortUp{"q"},
       {},
       {{kPort, port({{"name", "p"}, {"up", true}})}},
       {Kind::not_yet, "there is no such logical switch port"}},
  });
}

TEST(Gate, certificate_served) {
  SystemRandom random;
  const Secret passphrase("x");
  const auto made =
      pki::Authority::create({.name = "edge", .lifetime_days = 10}, passphrase, random, TimePoint{});
  ASSERT_TRUE(made);
  const Fact served = Seen{CertificateSeen{made->certificate_pem}};
  const ServedCertificateLook look{"10.0.0.1", 6641};
  const CertificateServed ours{"10.0.0.1", 6641, "kiln edge CA"};
  const CertificateServed other{"10.0.0.1", 6641, "ovn-northbound.n1"};
  expect_all(
      {{"served", ours, {{look, served}}, {}, {Kind::holds, "served"}},
       {"other", other, {{look, served}}, {}, {Kind::not_yet, "a certificate of kiln edge CA is served"}},
       {"nobody", ours, {{look, Absent{}}}, {}, {Kind::not_yet, "nobody listens there"}}});
  EXPECT_EQ(judge_case({"garbage", ours, {{look, Seen{CertificateSeen{"x"}}}}, {}, {}}).kind, Kind::not_yet);
}

}  // namespace
}  // namespace kiln::engine::gate_test
