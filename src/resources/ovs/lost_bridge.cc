#include "resources/ovs/lost_bridge.h"

#include <algorithm>

#include "base/text.h"
#include "resources/nb/rows.h"
#include "resources/ovs/lost_chassis.h"
#include "resources/ovs/rows.h"
#include "resources/paths.h"
#include "resources/steps.h"

// Kind `bridge/<node>/<name>` of a bridge of ours that the file no longer has, and of the integration bridge
// of a node that is no chassis any more.

namespace kiln::resources {
namespace {

class LostBridge : public Resource {
 public:
  LostBridge(const Context& context, const NodeSpec& node, const std::string& name, Uuid row)
      : Resource(bridge_id(node.name, name), node.name,
                 node.stays() ? node.places.self : place_of_services(node)),
        name_(name),
        row_(row),
        cluster_(context.desired.cluster.name) {
    needs_.push_back({chassis_id(node.name), "ovn-controller no longer works with it"});
    for (ResourceId& id : lost_workloads(context, node.name))
      needs_.push_back({std::move(id), "its ports go first"});
  }

  std::vector<Probe> probes() const override {
    return {{host(), bridges_look()}, {host(), ports_look()}, {host(), UnitLook{kSwitchUnit}}};
  }
  std::optional<State> wanted() const override { return std::nullopt; }
  std::vector<Need> needs() const override { return needs_; }

  Observation observe(const Facts& facts) const override {
    for (const Probe& probe : probes())
      if (auto why = facts.unknown(host(), probe.look)) return Unknown{*why};
    const auto* bridges = facts.seen<RowsSeen>(host(), bridges_look());
    if (!bridges || !bridges->rows().contains(row_)) return Absent{};
    const ovsdb::Row& bridge = bridges->rows().at(row_);
    if (const auto* ports = facts.seen<RowsSeen>(host(), ports_look()))
      if (const auto others = foreign_ports(*ports, bridge, cluster_); !others.empty())
        return Foreign{"bridge " + name_ + " on " + host() +
                       " has ports that are not kiln's: " + join(others, ", ") + "; take them out first"};
    return State{{"bridge", name_}};
  }

  Result<std::vector<Step>> steps(const Change& change, const Facts& facts, Random&) const override {
    Step step = make_step(change, "remove", "remove bridge " + name_);
    const std::string unit = bridge_unit(name_);
    // A daemon that is down would leave the bridge in the kernel.
    const auto* daemon = facts.seen<UnitSeen>(host(), UnitLook{kSwitchUnit});
    const bool runs = daemon && daemon->active_state == "active";
    // The unit, of a bridge with an address, goes first and the row last: by the row a killed run is found.
    step.actions = {
        UnitAction{unit, UnitVerb::disable}, UnitAction{unit, UnitVerb::stop}, RemoveFile{unit_path(unit)},
        DaemonReload{},
        Transact{Database::open_vswitch,
                 {ovsdb::Mutate{"Open_vSwitch", {}, {{"bridges", "delete", ovsdb::Value(row_)}}}}}};
    if (!runs) step.actions.insert(step.actions.begin(), UnitAction{kSwitchUnit, UnitVerb::start});
    // With its last bridge ovs-vswitchd gives the datapath back to the kernel: not before that may it stop.
    step.gates.push_back({host(), LinkGone{name_}, Duration{20000}});
    step.risk = Risk::data_plane;
    return std::vector<Step>{step};
  }

 private:
  std::string name_;
  Uuid row_;
  std::string cluster_;
  std::vector<Need> needs_;
};

}  // namespace

std::vector<std::string> foreign_ports(const RowsSeen& ports, const ovsdb::Row& bridge,
                                       const std::string& cluster) {
  std::vector<std::string> names;
  const std::string bridge_name = column(bridge, "name").as_string().value_or("");
  for (const Uuid& uuid : column(bridge, "ports").as_uuids()) {
    const auto port = ports.rows().find(uuid);
    if (port == ports.rows().end()) continue;
    const std::string name = column(port->second, "name").as_string().value_or("");
    const ovsdb::Value& external_ids = column(port->second, "external_ids");
    const bool ours = is_of(port->second, cluster);
    const bool of_ovn = std::ranges::any_of(external_ids.pairs(), [](const auto& pair) {
      const auto* key = std::get_if<std::string>(&pair.first);
      return key && key->starts_with("ovn-");
    });
    if (!ours && !of_ovn && name != bridge_name) names.push_back(name);
  }
  return names;
}

std::map<std::string, Uuid> lost_bridges(const Context& context, const NodeSpec& node) {
  const auto* rows = context.facts.seen<RowsSeen>(node.name, bridges_look());
  if (!rows) return {};
  std::map<std::string, Uuid> lost;
  const bool has_switch = context.placement.has(node.name, "switch");
  for (const auto& [name, uuid] : owned_names(*rows, context.desired.cluster.name, "bridge")) {
    if (!name.starts_with(node.name + '/')) continue;
    const std::string bridge = name.substr(node.name.size() + 1);
    const bool wanted = bridge == kIntegrationBridge ? context.placement.has(node.name, "chassis")
                                                     : node.bridges.contains(bridge);
    if (!wanted || !has_switch) lost.emplace(bridge, uuid);
  }
  return lost;
}

void make_lost_bridges(const Context& context, Resources& resources) {
  for (const NodeSpec* node : context.desired.nodes_in_file_order())
    for (const auto& [name, row] : lost_bridges(context, *node))
      resources.push_back(std::make_unique<LostBridge>(context, *node, name, row));
}

}  // namespace kiln::resources
