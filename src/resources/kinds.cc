#include "resources/kinds.h"

#include <algorithm>

#include "resources/central/central.h"
#include "resources/central/membership.h"
#include "resources/context.h"
#include "resources/host/authority.h"
#include "resources/host/logging.h"
#include "resources/kinds_reference.h"
#include "resources/nb/roster.h"
#include "resources/nb/rows.h"
#include "resources/ovs/lost_bridge.h"
#include "resources/ovs/lost_chassis.h"
#include "resources/ovs/rows.h"
#include "resources/works.h"

namespace kiln::resources {
namespace {

/// Every node runs everything that it might turn out to run.
Placement widest(const Desired& desired) {
  Placement placement;
  for (const NodeSpec* node : desired.nodes_in_file_order()) {
    std::set<std::string>& services = placement.services[node->name];
    if (!node->auto_services)
      services = {node->services.begin(), node->services.end()};
    else if (desired.cluster.central_ips.empty())
      services = {"central", "chassis", "switch"};
    else
      services = {"chassis", "switch"};
    if (services.contains("central")) placement.centrals.push_back(node->name);
  }
  return placement;
}

/// What tells who is central, and whether the host answers.
std::vector<Probe> probes_of_placement(const Desired& desired) {
  std::vector<Probe> probes;
  // Whom the file no longer has: nodes that it once had are in the roster.
  if (desired.cluster.central_ips.empty()) probes.push_back({kCluster, roster_look()});
  // Whether the authority in [ca] dir is that of the hosts.
  for (Probe& probe : probes_of_trust(desired)) probes.push_back(std::move(probe));
  // Which deployment it is.
  for (const auto& [name, node] : desired.nodes) probes.push_back({name, FileLook{kMarkPath}});
  for (const auto& [name, node] : desired.dead) probes.push_back({name, HostLook{}});
  for (const NodeSpec* node : desired.nodes_in_file_order()) {
    probes.push_back({node->name, HostLook{}});
    for (const Database database : {Database::northbound, Database::southbound})
      probes.push_back({node->name, DatabaseFileLook{database}});
    if (!desired.cluster.central_ips.empty()) continue;
    // Who is a member, and who was central and no longer is.
    for (const Database database : {Database::northbound, Database::southbound}) {
      probes.push_back({node->name, RaftLook{database}});
      probes.push_back({node->name, UnitLook{std::string(server_unit(database))}});
    }
    for (Probe& probe : lost_northd_probes(node->name)) probes.push_back(std::move(probe));
    probes.push_back({node->name, FileLook{kEndpointsPath}});
  }
  return probes;
}

/// What the file no longer has is found by its marks.
std::vector<Probe> probes_of_marks(const Desired& desired, const Placement& placement) {
  std::vector<Probe> probes;
  for (const NodeSpec* node : desired.nodes_in_file_order())
    for (Probe& probe : probes_of_marks_on(*node)) probes.push_back(std::move(probe));
  if (placement.centrals.empty()) return probes;
  probes.push_back({kCluster, switches_look()});
  probes.push_back({kCluster, switch_ports_look()});
  probes.push_back({kCluster, chassis_look()});
  probes.push_back({kCluster, chassis_private_look()});
  return probes;
}

std::string named(const HostName& host) {
  return host == kCluster ? "in the databases of OVN" : "on " + host;
}

/// What to do about a node that is to leave and does not answer.
std::string how_to_bury(const NodeSpec& node) {
  std::string dead = "; if it will never come back, say `state = \"dead\"`";
  if (!node.former) return dead;
  return dead + ": [nodes." + node.name + "] address = \"" + node.address + "\", state = \"dead\"";
}

std::vector<Probe> each_once(std::vector<Probe> probes) {
  std::ranges::sort(probes);
  const auto twice = std::ranges::unique(probes);
  probes.erase(twice.begin(), twice.end());
  return probes;
}

}  // namespace

std::vector<Probe> probes_of_marks_on(const NodeSpec& node) {
  std::vector<Probe> probes{{node.name, ports_look()},
                            {node.name, bridges_look()},
                            {node.name, interfaces_look()},
                            {node.name, DatabaseFileLook{Database::open_vswitch}}};
  for (Probe& probe : lost_chassis_probes(node.name)) probes.push_back(std::move(probe));
  for (Probe& probe : lost_switch_probes(node.name)) probes.push_back(std::move(probe));
  for (const std::string& daemon : daemons_with_certificate())
    probes.push_back({node.name, FileLook{certificate_path(daemon)}});
  for (Probe& probe : lost_logging_probes(node.name)) probes.push_back(std::move(probe));
  if (node.stays()) return probes;
  probes.push_back({node.name, FileLook{kTrustPath}});
  for (Probe& probe : lost_condition_probes(node.name)) probes.push_back(std::move(probe));
  return probes;
}

Resources make_resources(const Desired& desired, const Placement& placement, const Facts& facts) {
  const Context context(desired, placement, facts);
  Resources resources;
  for (const Kind& kind : kinds()) kind.make(context, resources);
  return resources;
}

std::vector<Probe> all_probes(const Desired& desired) {
  const Facts none;
  const Placement placement = widest(desired);
  std::vector<Probe> probes = probes_of_placement(desired);
  for (const auto& resource : make_resources(desired, placement, none))
    for (Probe& probe : resource->probes()) probes.push_back(std::move(probe));
  for (Probe& probe : probes_of_marks(desired, placement)) probes.push_back(std::move(probe));
  for (Probe& probe : probes_of_host_checks(desired)) probes.push_back(std::move(probe));
  for (Probe& probe : probes_of_works(desired, placement)) probes.push_back(std::move(probe));
  return each_once(std::move(probes));
}

std::vector<Probe> probes_of(const Desired& desired, const std::set<ResourceId>& ids) {
  const Facts none;
  const Placement placement = widest(desired);
  std::vector<Probe> probes = probes_of_placement(desired);
  std::size_t found = 0;
  for (const auto& resource : make_resources(desired, placement, none)) {
    if (!ids.contains(resource->id())) continue;
    ++found;
    for (Probe& probe : resource->probes()) probes.push_back(std::move(probe));
  }
  // The others are no longer in the file, and are found by their marks.
  if (found < ids.size())
    for (Probe& probe : probes_of_marks(desired, placement)) probes.push_back(std::move(probe));
  return each_once(std::move(probes));
}

std::vector<std::string> unread_marks(const Desired& desired, const Placement& placement,
                                      const Facts& facts) {
  std::map<HostName, std::string> unread;
  for (const Probe& probe : probes_of_marks(desired, placement))
    if (auto why = facts.unknown(probe.host, probe.look)) unread.emplace(probe.host, std::move(*why));
  std::vector<std::string> texts;
  for (const auto& [host, why] : unread) {
    const auto node = desired.nodes.find(host);
    if (node != desired.nodes.end() && node->second.out_of_reach)
      continue;  // told by itself, with what to do
    const bool leaves = node != desired.nodes.end() && !node->second.stays();
    texts.push_back("what the file no longer has " + named(host) + " is not known, and stays: " + why +
                    (leaves ? how_to_bury(node->second) : ""));
  }
  return texts;
}

}  // namespace kiln::resources
