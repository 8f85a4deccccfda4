#include "base/text.h"
#include "resources/context.h"
#include "resources/daemon.h"
#include "resources/nb/rows.h"
#include "resources/ovs/lost_bridge.h"
#include "resources/ovs/lost_chassis.h"
#include "resources/ovs/rows.h"
#include "resources/paths.h"
#include "resources/steps.h"

// Kind `openvswitch/<node>`: ovsdb-server and ovs-vswitchd of the host, with the chassis's name where they
// look for it at every start.

namespace kiln::resources {
namespace {

constexpr const char* kOpenVswitchUnit = "openvswitch-switch.service";  ///< oneshot; requires the two daemons
constexpr const char* kServerUnit = "ovsdb-server.service";

class OpenVswitch : public Resource {
 public:
  OpenVswitch(const Context& context, const NodeSpec& node)
      : Resource(openvswitch_id(node.name), node.name, node.places.at("services")),
        system_id_(node.name),
        mark_(file_header(context.desired.cluster.name, id().text())) {}

  std::vector<Probe> probes() const override {
    return {{host(), UnitLook{kOpenVswitchUnit}},
            {host(), UnitLook{kServerUnit}},
            {host(), UnitLook{kSwitchUnit}},
            {host(), FileLook{kSystemIdPath}},
            {host(), FileLook{kSwitchMarkPath}}};
  }
  std::optional<State> wanted() const override {
    State state;
    add_file_wanted(state, kSwitchMarkPath);
    add_enabled(state, kOpenVswitchUnit);
    for (const char* unit : {kOpenVswitchUnit, kServerUnit, kSwitchUnit}) state[unit] = std::string("active");
    // ovs-ctl rewrites external_ids:system-id from this file at every start (ovs-ctl(8), --system-id=random).
    state[kSystemIdPath] = system_id_;
    return state;
  }
  std::vector<Need> needs() const override {
    return {{packages_id(host()), "openvswitch-switch brings the daemons"}};
  }

  Observation observe(const Facts& facts) const override {
    for (const Probe& probe : probes())
      if (auto why = facts.unknown(host(), probe.look)) return Unknown{*why};
    State state;
    if (auto why = add_enabled_seen(facts, host(), kOpenVswitchUnit, state)) return Unknown{*why};
    for (const char* unit : {kOpenVswitchUnit, kServerUnit, kSwitchUnit})
      if (const auto* seen = facts.seen<UnitSeen>(host(), UnitLook{unit})) state[unit] = seen->active_state;
    const auto* file = facts.seen<FileSeen>(host(), FileLook{kSystemIdPath});
    if (file) state[kSystemIdPath] = std::string(trim(file->content));
    if (auto why = add_file_seen(facts, host(), kSwitchMarkPath, mark_, state)) return Unknown{*why};
    return state.empty() ? Observation(Absent{}) : Observation(state);
  }

  Result<std::vector<Step>> steps(const Change& change, const Facts&, Random&) const override {
    std::vector<Step> steps;
    Step name = make_step(change, "system-id", "name the chassis " + system_id_);
    if (change.touches(kSwitchMarkPath)) name.actions.push_back(WriteFile{kSwitchMarkPath, mark_, 0644});
    if (change.touches(kSystemIdPath))
      name.actions.push_back(WriteFile{kSystemIdPath, system_id_ + '\n', 0644});
    add_step(steps, std::move(name));

    Step run = make_step(change, "run", "run Open vSwitch");
    if (change.touches(std::string(kOpenVswitchUnit) + " at boot"))
      run.actions.push_back(UnitAction{kOpenVswitchUnit, UnitVerb::enable});
    // The oneshot may be active while a daemon of it is not: start each.
    for (const char* unit : {kServerUnit, kSwitchUnit, kOpenVswitchUnit})
      if (change.touches(unit)) run.actions.push_back(UnitAction{unit, UnitVerb::start});
    run.gates.push_back({host(), DatabaseConnected{Database::open_vswitch}, Duration{30000}});
    run.gates.push_back({host(), UnitActive{kSwitchUnit}, Duration{30000}});
    run.risk = Risk::data_plane;
    if (!run.actions.empty()) steps.push_back(std::move(run));
    return steps;
  }

 private:
  std::string system_id_;
  std::string mark_;
};

/// On a node that the file no longer gives a switch. Its mark goes last.
class LostOpenVswitch : public Resource {
 public:
  LostOpenVswitch(const Context& context, const NodeSpec& node)
      : Resource(openvswitch_id(node.name), node.name, place_of_services(node)),
        cluster_(context.desired.cluster.name) {
    needs_.push_back({chassis_id(node.name), "ovn-controller goes before the switch that it works on"});
    for (const auto& [bridge, row] : lost_bridges(context, node))
      needs_.push_back({bridge_id(node.name, bridge), "the datapath is given back first"});
    for (ResourceId& id : lost_workloads(context, node.name))
      needs_.push_back({std::move(id), "its port is in the switch"});
  }
  std::vector<Probe> probes() const override { return lost_switch_probes(host()); }
  std::optional<State> wanted() const override { return std::nullopt; }
  std::vector<Need> needs() const override { return needs_; }

  Observation observe(const Facts& facts) const override {
    for (const Probe& probe : probes())
      if (auto why = facts.unknown(host(), probe.look)) return Unknown{*why};
    if (facts.absent(host(), FileLook{kSwitchMarkPath})) return Absent{};
    if (const auto* bridges = facts.seen<RowsSeen>(host(), bridges_look()))
      for (const auto& [uuid, row] : bridges->rows())
        if (!is_of(row, cluster_))
          return Foreign{"bridge " + column(row, "name").as_string().value_or("") + " on " + host() +
                         " is not kiln's, so Open vSwitch goes on"};
    State state;
    for (const char* unit : {kOpenVswitchUnit, kServerUnit, kSwitchUnit})
      if (const auto* seen = facts.seen<UnitSeen>(host(), UnitLook{unit})) state[unit] = seen->active_state;
    if (auto why = add_enabled_seen(facts, host(), kOpenVswitchUnit, state)) return Unknown{*why};
    state[kSwitchMarkPath] = std::string("current");
    return state;
  }

  Result<std::vector<Step>> steps(const Change& change, const Facts& facts, Random&) const override {
    std::vector<Step> steps;
    // Its row may be gone and the daemon not have removed the link yet, if kiln was killed in between.
    Step wait = make_step(change, "wait", "until the datapath is given back");
    if (lost_link_remains(facts))
      wait.gates.push_back({host(), LinkGone{kIntegrationBridge}, Duration{20000}});
    add_step(steps, std::move(wait));
    Step step = make_step(change, "stop", "stop Open vSwitch, and do not start it at boot");
    step.actions = {UnitAction{kOpenVswitchUnit, UnitVerb::disable},
                    UnitAction{kSwitchUnit, UnitVerb::stop},
                    UnitAction{kServerUnit, UnitVerb::stop},
                    UnitAction{kOpenVswitchUnit, UnitVerb::stop},
                    RemoveFile{kSystemIdPath},
                    RemoveFile{kSwitchMarkPath}};
    step.risk = Risk::data_plane;
    steps.push_back(std::move(step));
    return steps;
  }

 private:
  bool lost_link_remains(const Facts& facts) const {
    const auto* seen = facts.seen<HostSeen>(host(), HostLook{});
    const auto* bridges = facts.seen<RowsSeen>(host(), bridges_look());
    return seen && seen->find_link(kIntegrationBridge) && bridges &&
           !bridges->names().contains(kIntegrationBridge);
  }

  std::string cluster_;
  std::vector<Need> needs_;
};

}  // namespace

std::vector<Probe> lost_switch_probes(const HostName& host) {
  return {{host, FileLook{kSwitchMarkPath}},
          {host, UnitLook{kOpenVswitchUnit}},
          {host, UnitLook{kServerUnit}},
          {host, UnitLook{kSwitchUnit}},
          {host, HostLook{}},
          {host, bridges_look()}};
}

void make_openvswitch(const Context& context, Resources& resources) {
  for (const NodeSpec* node : context.nodes_with("switch"))
    resources.push_back(std::make_unique<OpenVswitch>(context, *node));
  for (const NodeSpec* node : context.desired.nodes_in_file_order())
    if (!context.placement.has(node->name, "switch") &&
        context.facts.seen<FileSeen>(node->name, FileLook{kSwitchMarkPath}))
      resources.push_back(std::make_unique<LostOpenVswitch>(context, *node));
}

}  // namespace kiln::resources
