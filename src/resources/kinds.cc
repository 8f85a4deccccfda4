#include "resources/kinds.h"

#include <algorithm>

#include "resources/context.h"
#include "resources/nb/rows.h"

namespace kiln::resources {
namespace {

/// The table of kinds. A new kind is one file and one line here.
constexpr MakeKind kKinds[] = {
    make_packages,
    make_authority,
    make_trust,
    make_certificates,
    make_databases,
    make_listeners,
    make_northd,
    make_clients,
    make_openvswitch,
    make_bridges,
    make_chassis,
    make_logical_switches,
    make_logical_switch_ports,
    make_workloads,
};

/// Every node runs everything that it might turn out to run.
Placement widest(const Desired& desired) {
  Placement placement;
  for (const NodeSpec* node : desired.nodes_in_file_order()) {
    std::set<std::string>& services = placement.services[node->name];
    if (node->auto_services)
      services = {"central", "chassis", "switch"};
    else
      services = {node->services.begin(), node->services.end()};
    if (services.contains("central")) placement.centrals.push_back(node->name);
  }
  return placement;
}

}  // namespace

Resources make_resources(const Desired& desired, const Placement& placement, const Facts& facts) {
  const Context context{desired, placement, facts};
  Resources resources;
  for (const MakeKind make : kKinds) make(context, resources);
  return resources;
}

std::vector<Probe> all_probes(const Desired& desired) {
  const Facts none;
  const Placement placement = widest(desired);
  std::vector<Probe> probes;
  for (const auto& resource : make_resources(desired, placement, none))
    for (Probe& probe : resource->probes()) probes.push_back(std::move(probe));
  for (const NodeSpec* node : desired.nodes_in_file_order()) {
    probes.push_back({node->name, HostLook{}});
    for (const Database database : {Database::northbound, Database::southbound})
      probes.push_back({node->name, DatabaseFileLook{database}});
    // What the file no longer has is found by its marks.
    if (placement.has(node->name, "switch"))
      for (const char* table : {"Port", "Bridge"}) {
        RowsLook look{Database::open_vswitch, table, {}};
        look.columns =
            std::string_view(table) == "Port"
                ? std::vector<std::string>{"external_ids", "interfaces", "name"}
                : std::vector<std::string>{"datapath_type", "external_ids", "fail_mode", "name", "ports"};
        probes.push_back({node->name, std::move(look)});
      }
  }
  if (!placement.centrals.empty()) {
    probes.push_back({kCluster, switches_look()});
    probes.push_back({kCluster, switch_ports_look()});
  }
  std::ranges::sort(probes);
  const auto twice = std::ranges::unique(probes);
  probes.erase(twice.begin(), twice.end());
  return probes;
}

}  // namespace kiln::resources
