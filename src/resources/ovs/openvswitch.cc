#include "base/text.h"
#include "resources/context.h"
#include "resources/daemon.h"
#include "resources/paths.h"
#include "resources/steps.h"

// Kind `openvswitch/<node>`: ovsdb-server and ovs-vswitchd of the host, with the chassis's name where they
// look for it at every start.

namespace kiln::resources {
namespace {

constexpr const char* kUnit = "openvswitch-switch.service";  ///< oneshot; requires the two daemons
constexpr const char* kServerUnit = "ovsdb-server.service";
constexpr const char* kSwitchUnit = "ovs-vswitchd.service";

class OpenVswitch : public Resource {
 public:
  explicit OpenVswitch(const NodeSpec& node)
      : Resource(openvswitch_id(node.name), node.name, node.places.at("services")), system_id_(node.name) {}

  std::vector<Probe> probes() const override {
    return {{host(), UnitLook{kUnit}},
            {host(), UnitLook{kServerUnit}},
            {host(), UnitLook{kSwitchUnit}},
            {host(), FileLook{kSystemIdPath}}};
  }
  std::optional<State> wanted() const override {
    State state;
    add_enabled(state, kUnit);
    for (const char* unit : {kUnit, kServerUnit, kSwitchUnit}) state[unit] = std::string("active");
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
    if (auto why = add_enabled_seen(facts, host(), kUnit, state)) return Unknown{*why};
    for (const char* unit : {kUnit, kServerUnit, kSwitchUnit})
      if (const auto* seen = facts.seen<UnitSeen>(host(), UnitLook{unit})) state[unit] = seen->active_state;
    const auto* file = facts.seen<FileSeen>(host(), FileLook{kSystemIdPath});
    if (file) state[kSystemIdPath] = std::string(trim(file->content));
    return state.empty() ? Observation(Absent{}) : Observation(state);
  }

  Result<std::vector<Step>> steps(const Change& change, const Facts&, Random&) const override {
    std::vector<Step> steps;
    Step name = make_step(change, "system-id", "name the chassis " + system_id_);
    if (change.touches(kSystemIdPath))
      name.actions.push_back(WriteFile{kSystemIdPath, system_id_ + '\n', 0644});
    add_step(steps, std::move(name));

    Step run = make_step(change, "run", "run Open vSwitch");
    if (change.touches(std::string(kUnit) + " at boot"))
      run.actions.push_back(UnitAction{kUnit, UnitVerb::enable});
    // The oneshot may be active while a daemon of it is not: start each.
    for (const char* unit : {kServerUnit, kSwitchUnit, kUnit})
      if (change.touches(unit)) run.actions.push_back(UnitAction{unit, UnitVerb::start});
    run.gates.push_back({host(), DatabaseConnected{Database::open_vswitch}, Duration{30000}});
    run.gates.push_back({host(), UnitActive{kSwitchUnit}, Duration{30000}});
    run.risk = Risk::data_plane;
    if (!run.actions.empty()) steps.push_back(std::move(run));
    return steps;
  }

 private:
  std::string system_id_;
};

}  // namespace

void make_openvswitch(const Context& context, Resources& resources) {
  for (const NodeSpec* node : context.nodes_with("switch"))
    resources.push_back(std::make_unique<OpenVswitch>(*node));
}

}  // namespace kiln::resources
