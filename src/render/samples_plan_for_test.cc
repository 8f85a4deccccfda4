#include <fmt/format.h>

#include "render/samples_for_test.h"

namespace kiln::render::samples {
namespace {

using Strings = std::vector<std::string>;

Span line(int number) {
  return {"examples/three-nodes.toml", number, 1, number, 10};
}

/// Adds the change and its only step.
Step& add(Plan& plan, const HostName& host, const ResourceId& id, int at, std::string title) {
  plan.changes.push_back({id, host, Verb::create, {}, "", line(at)});
  Step step;
  step.id = id.text() + ":create";
  step.resources = {id};
  step.host = host;
  step.title = std::move(title);
  step.why = {"it is not there"};
  plan.steps.push_back(std::move(step));
  return plan.steps.back();
}

void add_basics(Plan& plan, const HostName& node, int at) {
  add(plan, node, {"packages", node}, at, "install openvswitch-switch ovn-common ovn-central ovn-host")
      .actions = {InstallPackages{{"openvswitch-switch", "ovn-common", "ovn-central", "ovn-host"},
                                  {"ovn-central.service"}}};
  Step& ovs = add(plan, node, {"open-vswitch", node}, at, "start Open vSwitch with its system id");
  ovs.needs = {{"packages/" + node + ":create", "its packages are installed"}};
  ovs.actions = {WriteFile{"/etc/openvswitch/system-id.conf", node + '\n', 0644},
                 UnitAction{"openvswitch-switch.service", UnitVerb::start}};
  ovs.gates = {{node, UnitActive{"ovsdb-server.service"}, Duration{30000}}};
  for (const char* name : {"ovn-northbound", "ovn-southbound", "ovn-northd", "ovn-controller", "client"}) {
    Step& step = add(plan, node, {"certificate", node + '/' + name}, at,
                     fmt::format("issue the certificate of {}", name));
    step.needs = {{"authority/edge:create", "the authority signs it"},
                  {"packages/" + node + ":create", "its packages are installed"}};
  }
}

void add_database(Plan& plan, const HostName& node, Database database, bool first) {
  const std::string name(short_name(database));
  Step& step = add(plan, node, {"database", node + '/' + name}, 12,
                   fmt::format("{} {}", first ? "create" : "join", schema_name(database)));
  step.needs = {{fmt::format("certificate/{}/ovn-{}bound:create", node,
                             database == Database::northbound ? "north" : "south"),
                 "members trust each other by certificate"}};
  if (!first)
    step.needs.insert(step.needs.begin() + 1,
                      {"database/n1/" + name + ":create", "members join one at a time, after the first"});
  step.actions = {WriteFile{"/etc/kiln/ovn.env", "A=1\nB=2\n", 0644},
                  UnitAction{fmt::format("ovn-ovsdb-server-{}.service", name), UnitVerb::restart}};
  if (first) step.actions.insert(step.actions.begin(), CreateDatabase{database, "ssl:10.0.0.1:6643", 16000});
  step.gates = {{node, DatabaseConnected{database}, Duration{60000}}};
  step.pool = "raft-" + name;
  step.risk = first ? Risk::none : Risk::quorum;
  step.irreversible = true;
}

void add_daemons(Plan& plan, const HostName& node) {
  for (const char* name : {"northd", "controller"}) {
    Step& step = add(plan, node, {"daemon", node + "/ovn-" + name}, 14, fmt::format("start ovn-{}", name));
    step.needs = {{"certificate/" + node + "/ovn-" + name + ":create", "it connects with its certificate"},
                  {"listener/" + std::string(node) + "/sb:create", "it connects to the southbound database"}};
    step.gates = {{node, UnitActive{fmt::format("ovn-{}.service", name)}, Duration{30000}}};
  }
}

}  // namespace

Plan bring_up() {
  Plan plan;
  plan.cluster = "edge";
  plan.id = "3f9a12c0de77";
  plan.revision = "19ab2e4";
  Step& authority = add(plan, kController, {"authority", "edge"}, 9, "create the certificate authority");
  authority.actions = {CreateAuthority{"kiln edge CA", 3650}};
  authority.irreversible = true;
  for (const char* node : {"n1", "n2", "n3"}) add_basics(plan, node, 20 + 6 * (node[1] - '0'));
  for (const char* node : {"n1", "n2", "n3"})
    for (const Database database : {Database::northbound, Database::southbound})
      add_database(plan, node, database, node[1] == '1');
  for (const char* node : {"n1", "n2", "n3"})
    for (const char* name : {"nb", "sb"}) {
      Step& step = add(plan, node, {"listener", std::string(node) + '/' + name}, 12,
                       fmt::format("listen for clients of {}", name));
      step.needs = {
          {fmt::format("database/{}/{}:create", node, name), "clients are let in once it is connected"}};
    }
  for (const char* node : {"n1", "n2", "n3"}) add_daemons(plan, node);
  for (int i = 1; i <= 30; ++i) {
    const std::string port = fmt::format("ls1/vm{}", i);
    Step& step = add(plan, kCluster, {"logical-switch-port", port}, 60 + i, "add 1 row to OVN_Northbound");
    step.needs = {{"listener/n1/nb:create", "rows need their database"}};
    step.pool = "rows";
    ovsdb::Insert insert{"Logical_Switch_Port", {{"name", ovsdb::Value(port)}}, std::nullopt, "port"};
    step.actions = {Transact{Database::northbound, {ovsdb::Comment{"kiln"}, std::move(insert)}}};
  }
  return plan;
}

Plan drift() {
  Plan plan;
  plan.cluster = "edge";
  plan.id = "77c0de129a3f";
  plan.unchanged = 41;
  plan.warnings = {
      "ovn-central on n2 is 25.03.0, which lacks RBAC rules for Learned_Route (25.03.2 has them)"};
  const std::string long_text =
      "ssl:10.0.0.1:6642,ssl:10.0.0.2:6642,ssl:10.0.0.3:6642,ssl:10.0.0.4:6642,ssl:10.0.0.5:6642";
  plan.changes = {
      {{"chassis", "n2"},
       "n2",
       Verb::update,
       {{"external_ids:ovn-encap-ip", "10.0.0.12", "10.9.0.12", line(31)},
        {"external_ids:ovn-remote", long_text, long_text.substr(0, 71), line(29)},
        {"file /etc/kiln/ovn.env", std::nullopt, "A=1\nB=2\nC=3\n", line(29)}},
       "",
       line(29)},
      {{"database", "n3/nb"},
       "n3",
       Verb::defer,
       {},
       "n3 does not answer: connection to 192.0.2.13 port 22 timed out after 20 s",
       line(40)},
      {{"logical-switch-port", "ls1/evil\x1b[2J"},
       kCluster,
       Verb::remove,
       {{"name", "ls1-evil", std::nullopt, {}}},
       "",
       {}},
      {{"open-vswitch", "n3"},
       "n3",
       Verb::defer,
       {},
       "n3 does not answer: connection to 192.0.2.13 port 22 timed out after 20 s",
       line(40)},
      {{"workload", "vm1"},
       "n1",
       Verb::replace,
       {{"mtu", std::int64_t{1500}, std::int64_t{1400}, line(70)}},
       "a veth pair cannot change its peer",
       line(68)},
  };
  Step encap;
  encap.id = "chassis/n2:update";
  encap.resources = {{"chassis", "n2"}};
  encap.host = "n2";
  encap.title = "set external_ids of Open_vSwitch";
  encap.why = {"external_ids:ovn-encap-ip is 10.0.0.12, wanted 10.9.0.12"};
  encap.actions = {Transact{Database::open_vswitch, {ovsdb::Comment{"kiln"}}},
                   UnitAction{"ovn-controller.service", UnitVerb::restart}};
  encap.gates = {{kCluster, ChassisRegistered{"n2", {"10.9.0.12"}, {"geneve"}}, Duration{30000}}};
  encap.risk = Risk::data_plane;
  Step workload = encap;
  workload.id = "workload/vm1:replace";
  workload.resources = {{"workload", "vm1"}};
  workload.host = "n1";
  workload.title = "wire vm1 anew";
  workload.why = {"mtu is 1500, wanted 1400"};
  workload.actions = {Appctl{"ovs-vswitchd", {"fdb/flush"}}};
  workload.gates = {{"n1", LinkPresent{"vm1"}, Duration{5000}}};
  workload.needs = {{"chassis/n2:update", "tunnels first, so that its check can pass"}};
  plan.steps = {encap, workload};
  return plan;
}

Plan one_host() {
  Plan plan;
  plan.cluster = "home";
  plan.id = "000000000001";
  plan.unchanged = 1;
  add(plan, "a", {"packages", "a"}, 3, "install openvswitch-switch");
  return plan;
}

Plan nothing() {
  Plan plan;
  plan.cluster = "edge";
  plan.id = "e3b0c44298fc";
  plan.revision = "19ab2e4";
  plan.unchanged = 83;
  return plan;
}

Answers all_of(std::size_t hosts) {
  return {hosts, {}};
}

}  // namespace kiln::render::samples
