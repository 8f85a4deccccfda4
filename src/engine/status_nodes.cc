#include <algorithm>

#include "base/text.h"
#include "engine/status_parts.h"
#include "resources/central/central.h"
#include "resources/ovs/lost_chassis.h"
#include "resources/ovs/rows.h"

// Nodes and their services; chassis as the southbound has them.

namespace kiln::engine {
namespace {

RowsLook bindings_look() {
  return {Database::southbound, "Port_Binding", {"chassis"}};
}

/// "ovn-northd" of "ovn-northd.service".
std::string short_unit(const std::string& unit) {
  return unit.substr(0, unit.rfind('.'));
}

/// Units that a node in maintenance stops.
bool is_drained(const std::string& unit) {
  return unit == resources::kNorthdUnit || unit == resources::kControllerUnit;
}

std::string state_of(const Service& service, const NodeSpec& node, const Facts& facts) {
  const HostName& host = node.name;
  std::vector<std::string> troubles;
  std::size_t running = 0;
  bool drained = false;
  for (const std::string& unit : service.units) {
    if (facts.unknown(host, UnitLook{unit})) return "unknown";
    const auto* seen = facts.seen<UnitSeen>(host, UnitLook{unit});
    if (node.drained() && is_drained(unit)) {
      drained = true;
      if (seen && seen->active_state == "active") troubles.push_back(short_unit(unit) + " runs");
      continue;
    }
    if (seen && seen->active_state == "active")
      ++running;
    else
      troubles.push_back(short_unit(unit) + ' ' + (seen ? seen->active_state : "not installed"));
  }
  if (troubles.empty()) return drained ? "maintenance" : "running";
  const bool failed =
      std::ranges::any_of(troubles, [](const std::string& text) { return text.ends_with("failed"); });
  if (running == 0 && !failed && !drained) return "stopped";
  return "degraded (" + join(troubles, ", ") + ')';
}

NodeStatus node_of(const NodeSpec& node, const resources::Placement& placement, const Facts& facts) {
  NodeStatus status;
  status.name = node.name;
  status.address = node.address;
  status.maintenance = node.drained();
  if (const auto* unknown = std::get_if<Unknown>(&facts.at({node.name, HostLook{}})))
    status.problem = unknown->why;
  status.reachable = status.problem.empty();
  status.ovn_version = upstream_version(facts, node.name, kOvnPackage);
  status.ovs_version = upstream_version(facts, node.name, kOvsPackage);
  if (!status.reachable) return status;
  for (const Service& service : all_services())
    status.services.push_back({.name = service.name,
                               .wanted = placement.has(node.name, service.name),
                               .state = state_of(service, node, facts)});
  return status;
}

std::vector<std::string> encaps_of(const ovsdb::Row& chassis, const RowsSeen* encaps) {
  std::vector<std::string> texts;
  for (const Uuid& uuid : column(chassis, "encaps").as_uuids()) {
    if (!encaps || !encaps->rows().contains(uuid)) continue;
    const ovsdb::Row& row = encaps->rows().at(uuid);
    texts.push_back(column(row, "type").as_string().value_or("") + ' ' +
                    column(row, "ip").as_string().value_or(""));
  }
  std::ranges::sort(texts);
  return texts;
}

std::map<Uuid, std::int64_t> ports_by_chassis(const Facts& facts) {
  std::map<Uuid, std::int64_t> ports;
  if (const auto* bindings = facts.seen<RowsSeen>(kCluster, bindings_look()))
    for (const auto& [uuid, row] : bindings->rows())
      if (const auto chassis = column(row, "chassis").as_uuid()) ++ports[*chassis];
  return ports;
}

void note_missing(const RowsSeen& chassis, std::vector<NodeStatus>& nodes) {
  for (NodeStatus& node : nodes) {
    if (node.maintenance) continue;
    const auto service = std::ranges::find(node.services, "chassis", &ServiceStatus::name);
    if (service == node.services.end() || !service->wanted || chassis.names().contains(node.name)) continue;
    if (node.problem.empty()) node.problem = "not registered as a chassis in OVN_Southbound";
  }
}

}  // namespace

const std::vector<Service>& all_services() {
  static const std::vector<Service> kServices = {
      {"central", {"ovn-ovsdb-server-nb.service", "ovn-ovsdb-server-sb.service", "ovn-northd.service"}},
      {"chassis", {"ovn-controller.service"}},
      {"switch", {"ovsdb-server.service", "ovs-vswitchd.service"}}};
  return kServices;
}

std::string upstream_version(const Facts& facts, const HostName& host, const std::string& package) {
  const auto* seen = facts.seen<PackageSeen>(host, PackageLook{package});
  if (!seen) return {};
  const std::size_t colon = seen->version.find(':');
  const std::string version = colon == std::string::npos ? seen->version : seen->version.substr(colon + 1);
  return version.substr(0, version.find_last_of('-'));
}

std::vector<Probe> node_probes(const Desired& desired) {
  std::vector<Probe> probes;
  for (const auto& [name, node] : desired.nodes) {
    probes.push_back({name, HostLook{}});
    for (const char* package : {kOvnPackage, kOvsPackage}) probes.push_back({name, PackageLook{package}});
    for (const Service& service : all_services())
      for (const std::string& unit : service.units) probes.push_back({name, UnitLook{unit}});
  }
  return probes;
}

std::vector<NodeStatus> nodes_of(const Desired& desired, const resources::Placement& placement,
                                 const Facts& facts) {
  std::vector<NodeStatus> nodes;
  for (const NodeSpec* node : desired.nodes_in_file_order())
    nodes.push_back(node_of(*node, placement, facts));
  return nodes;
}

RowsLook registered_look() {
  return {Database::southbound, "Chassis", {"encaps", "hostname", "name"}};
}

std::vector<Probe> chassis_probes() {
  return {{kCluster, registered_look()}, {kCluster, resources::encaps_look()}, {kCluster, bindings_look()}};
}

std::vector<ChassisStatus> chassis_of(const Desired& desired, const Facts& facts,
                                      std::vector<NodeStatus>& nodes) {
  const auto* rows = facts.seen<RowsSeen>(kCluster, registered_look());
  if (!rows) return {};
  const auto* encaps = facts.seen<RowsSeen>(kCluster, resources::encaps_look());
  std::map<Uuid, std::int64_t> ports = ports_by_chassis(facts);
  std::vector<ChassisStatus> chassis;
  for (const auto& [name, uuid] : rows->names()) {
    const ovsdb::Row& row = rows->rows().at(uuid);
    chassis.push_back({.name = name,
                       .node = desired.nodes.contains(name) ? name : "",
                       .hostname = column(row, "hostname").as_string().value_or(""),
                       .encaps = encaps_of(row, encaps),
                       .ports = ports[uuid]});
  }
  note_missing(*rows, nodes);
  return chassis;
}

}  // namespace kiln::engine
