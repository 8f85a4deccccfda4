#include "engine/doctor_for_test.h"

#include <fmt/format.h>

#include "engine/fakes_for_test.h"
#include "pki/authority.h"
#include "resources/paths.h"
#include "resources/works.h"

namespace kiln::engine {
namespace {

constexpr TimePoint kNow{std::chrono::seconds(1767323045)};
constexpr std::int64_t kGiB = 1 << 30;

const std::string kNb = "ssl:192.0.2.11:6641,ssl:192.0.2.12:6641,ssl:192.0.2.13:6641";
const std::string kSb = "ssl:192.0.2.11:6642,ssl:192.0.2.12:6642,ssl:192.0.2.13:6642";

RaftSeen raft_of(int node, Database database) {
  RaftSeen raft;
  raft.cluster_id = "c1";
  raft.server_id = "aa0" + std::to_string(node);
  raft.address = fmt::format("ssl:192.0.2.1{}:{}", node, raft_port(database));
  raft.status = "cluster member";
  raft.role = node == 1 ? "leader" : "follower";
  raft.leader = node == 1 ? "self" : "aa01";
  raft.election_timer_ms = 1000;
  for (int other = 1; other <= 3; ++other) {
    RaftServerSeen server;
    server.server_id = "aa0" + std::to_string(other);
    server.address = fmt::format("ssl:192.0.2.1{}:{}", other, raft_port(database));
    server.self = other == node;
    server.last_message_ms = 700;
    raft.servers.push_back(server);
  }
  return raft;
}

}  // namespace

Uuid numbered(int number) {
  return *Uuid::parse(fmt::format("00000000-0000-4000-8000-{:012}", number));
}

std::string certificate_for(const std::string& name, int days, TimePoint from) {
  SystemRandom random;
  return pki::Authority::create({name, days}, Secret("a passphrase"), random, from).value().certificate_pem;
}

Ward::Ward() : desired(centrals(3)), now(kNow) {
  static const std::string kAuthority = certificate_for("edge", 3650, kNow);
  static const std::string kLeaf = certificate_for("leaf", 365, kNow);
  WorkloadSpec workload;
  workload.name = "vm1";
  workload.node = "n1";
  workload.port = "ls1/vm1";
  desired.workloads["vm1"] = workload;
  PortSpec port;
  port.switch_name = "ls1";
  port.name = "vm1";
  port.nb_name = "ls1-vm1";
  desired.switches["ls1"].name = "ls1";
  desired.switches["ls1"].ports["vm1"] = port;

  UnitSeen unit;
  unit.load_state = "loaded";
  unit.active_state = "active";
  unit.sub_state = "running";
  unit.active_since_us = 100'000'000;
  for (const Probe& probe : doctor_probes(desired)) {
    facts.set(probe, Absent{});
    if (std::holds_alternative<UnitLook>(probe.look)) see(probe.host, probe.look, unit);
  }
  see(kController, resources::authority_look(desired.ca),
      FileSeen{.content = kAuthority, .owner = {}, .group = {}});
  ovsdb::Table chassis;
  ovsdb::Table encaps;
  ovsdb::Table privates;
  for (int node = 1; node <= 3; ++node) {
    const std::string name = "n" + std::to_string(node);
    const std::string address = desired.nodes.at(name).address;
    HostSeen host;
    host.hostname = name;
    host.free_bytes = 10 * kGiB;
    host.links = {{"eth0", "", true, 1500, {address + "/24"}}};
    see(name, HostLook{}, host);
    see(name, FileLook{"/proc/uptime"}, FileSeen{.content = "1000.25 900.1\n", .owner = {}, .group = {}});
    UnitSeen northd = unit;
    northd.command_line = {"ovn-northd", "--ovnnb-db=" + kNb, "--ovnsb-db=" + kSb};
    see(name, UnitLook{"ovn-northd.service"}, northd);
    see(name, PackageLook{"ovn-common"}, PackageSeen{"25.03.0-1"});
    see(name, PackageLook{"openvswitch-switch"}, PackageSeen{"3.5.0-1+b1"});
    see(name, resources::northd_status_look(), TextSeen{node == 1 ? "Status: active" : "Status: standby"});
    see(name, resources::connection_status_look(), TextSeen{"connected"});
    see(name, resources::flows_look("br-int"), FlowsSeen{312, {}, {}});
    for (const char* daemon : {"ovn-northd", "ovn-controller"})
      see(name, AppctlLook{daemon, "version"},
          TextSeen{std::string(daemon) + " 25.03.0\nOpen vSwitch Library 3.5.0"});
    for (const char* target :
         {"ovs-vswitchd", "ovsdb-server", "/run/ovn/ovnnb_db.ctl", "/run/ovn/ovnsb_db.ctl"})
      see(name, AppctlLook{target, "version"}, TextSeen{"some-server (Open vSwitch) 3.5.0"});
    for (const std::string& daemon : resources::daemons_with_certificate())
      see(name, FileLook{resources::certificate_path(daemon)},
          FileSeen{.content = kLeaf, .owner = {}, .group = {}});
    for (const Database database : {Database::northbound, Database::southbound}) {
      see(name, RaftLook{database}, raft_of(node, database));
      see(name, DatabaseFileLook{database},
          DatabaseFileSeen{true, "c1", "aa0" + std::to_string(node) + "-0000",
                           fmt::format("ssl:{}:{}", address, raft_port(database))});
      see(name, FileLook{std::string(file_path(database)), false},
          FileSeen{.content = {}, .owner = {}, .group = {}, .size = 30 << 20});
      see(name, ServedCertificateLook{address, client_port(database)}, CertificateSeen{kLeaf});
    }
    see_rows(name, Database::open_vswitch, "Open_vSwitch",
             {{numbered(1),
               {{"external_ids",
                 ovsdb::Value::string_map({{"ovn-remote", kSb}, {"ovn-remote-probe-interval", "60000"}})}}}});
    see_rows(
        name, Database::open_vswitch, "Interface",
        {{numbered(1),
          {{"name", "w-" + name}, {"external_ids", ovsdb::Value::string_map({{"iface-id", "p-" + name}})}}},
         {numbered(2), {{"name", "br-int"}}}});
    chassis[numbered(node)] = {{"name", name}, {"hostname", name}, {"encaps", numbered(10 + node)}};
    encaps[numbered(10 + node)] = {{"chassis_name", name}, {"ip", address}, {"type", "geneve"}};
    privates[numbered(20 + node)] = {{"name", name}};
  }
  see_rows(kCluster, Database::southbound, "Chassis", chassis);
  see_rows(kCluster, Database::southbound, "Encap", encaps);
  see_rows(kCluster, Database::southbound, "Chassis_Private", privates);
  see_rows(kCluster, Database::southbound, "SB_Global", {{numbered(1), {}}});
  see_rows(kCluster, Database::northbound, "NB_Global",
           {{numbered(1), {{"options", ovsdb::Value::string_map({{"northd_probe_interval", "60000"}})}}}});
  for (const Database database : {Database::northbound, Database::southbound})
    see_rows(
        kCluster, database, "Connection",
        {{numbered(1),
          {{"target", fmt::format("pssl:{}:[::]", client_port(database))}, {"inactivity_probe", 60000}}}});
  see_rows(kCluster, Database::northbound, "Logical_Switch_Port", {{numbered(1), {{"name", "p-n1"}}}});
}

void Ward::hide(const HostName& host) {
  const Facts before = facts;
  for (const auto& [probe, fact] : before.all())
    if (probe.host == host) facts.set(probe, Unknown{host + " does not answer"});
}

void Ward::see_rows(const HostName& host, Database database, const std::string& table, ovsdb::Table rows) {
  bool any = false;
  const Facts before = facts;
  for (const auto& [probe, fact] : before.all()) {
    const auto* look = std::get_if<RowsLook>(&probe.look);
    if (probe.host != host || !look || look->database != database || look->table != table) continue;
    see(host, *look, RowsSeen(rows));
    any = true;
  }
  EXPECT_TRUE(any) << "nobody looks at " << table;
}

const RowsSeen* Ward::rows_of(const HostName& host, Database database, const std::string& table) const {
  for (const auto& [probe, fact] : facts.all()) {
    const auto* look = std::get_if<RowsLook>(&probe.look);
    if (probe.host == host && look && look->database == database && look->table == table)
      return facts.seen<RowsSeen>(host, *look);
  }
  return nullptr;
}

void Ward::edit_rows(const HostName& host, Database database, const std::string& table,
                     void (*change)(ovsdb::Table& rows)) {
  const RowsSeen* seen = rows_of(host, database, table);
  ASSERT_NE(seen, nullptr) << table;
  ovsdb::Table rows = seen->rows();
  change(rows);
  see_rows(host, database, table, std::move(rows));
}

std::string Ward::check(const std::string& slug) const {
  std::string text;
  for (const Examination& check : all().checks) {
    if (check.check != slug) continue;
    if (check.findings.empty()) return "PASS: " + check.passed;
    for (const Finding& finding : check.findings) {
      text += fmt::format("{} {}: {}\n", to_string(finding.verdict), finding.subject, finding.evidence);
      EXPECT_FALSE(finding.mend.empty()) << finding.evidence;
    }
  }
  return text;
}

std::vector<std::string> Ward::not_passed() const {
  std::vector<std::string> slugs;
  for (const Examination& check : all().checks)
    if (check.verdict() != Health::pass) slugs.push_back(check.check);
  return slugs;
}

}  // namespace kiln::engine
