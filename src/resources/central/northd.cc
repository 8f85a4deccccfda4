#include "resources/context.h"
#include "resources/daemon.h"
#include "resources/paths.h"
#include "resources/steps.h"

// Kind `northd/<node>`: ovn-northd, one on each central; one of them is active, the others stand by.

namespace kiln::resources {
namespace {

constexpr const char* kUnit = "ovn-northd.service";
constexpr const char* kCentralUnit = "ovn-central.service";  ///< what boot starts; it wants the three daemons

Daemon northd_daemon(const Context& context, const NodeSpec& node) {
  const std::string nb = context.endpoints(Database::northbound);
  const std::string sb = context.endpoints(Database::southbound);
  Daemon daemon;
  daemon.unit = kUnit;
  daemon.environment_path = std::string(kHostDirectory) + "/ovn-northd.env";
  daemon.cluster = context.desired.cluster.name;
  daemon.resource = northd_id(node.name).text();
  // The package's own command stops the database servers too, and with them a member of each RAFT cluster.
  daemon.stop_command = "/usr/share/ovn/scripts/ovn-ctl stop_northd --no-monitor --ovn-manage-ovsdb=no";
  daemon.options = {"--ovn-northd-nb-db=" + nb, "--ovn-northd-sb-db=" + sb,
                    "--ovn-northd-ssl-key=" + key_path(kNorthdName),
                    "--ovn-northd-ssl-cert=" + certificate_path(kNorthdName),
                    std::string("--ovn-northd-ssl-ca-cert=") + kTrustPath};
  daemon.arguments = {"--ovnnb-db=" + nb, "--ovnsb-db=" + sb, "--private-key=" + key_path(kNorthdName),
                      "--certificate=" + certificate_path(kNorthdName),
                      std::string("--ca-cert=") + kTrustPath};
  return daemon;
}

class Northd : public Resource {
 public:
  Northd(const Context& context, const NodeSpec& node)
      : Resource(northd_id(node.name), node.name, node.places.at("services")),
        daemon_(northd_daemon(context, node)) {
    // Joining first: the endpoint list that northd is given must not name a server that is not there.
    for (const Database database : {Database::northbound, Database::southbound})
      for (Need& need : context.needs_of_members(database, "its endpoint list names every member"))
        needs_.push_back(std::move(need));
    needs_.push_back({listener_id(Database::northbound), "it connects by TLS"});
    needs_.push_back({listener_id(Database::southbound), "it connects by TLS"});
    needs_.push_back({certificate_id(node.name, kNorthdName), "it connects with its certificate"});
  }

  std::vector<Probe> probes() const override {
    std::vector<Probe> probes = daemon_.probes(host());
    probes.push_back({host(), UnitLook{kCentralUnit}});
    return probes;
  }
  std::optional<State> wanted() const override {
    State state;
    daemon_.add_wanted(state);
    add_enabled(state, kCentralUnit);
    state[kCentralUnit] = std::string("active");
    return state;
  }
  std::vector<Need> needs() const override { return needs_; }

  Observation observe(const Facts& facts) const override {
    State state;
    if (auto why = daemon_.add_observed(facts, host(), state)) return Unknown{*why};
    if (auto why = add_enabled_seen(facts, host(), kCentralUnit, state)) return Unknown{*why};
    if (const auto* unit = facts.seen<UnitSeen>(host(), UnitLook{kCentralUnit}))
      state[kCentralUnit] = unit->active_state;
    if (daemon_.untouched(state)) return Absent{};
    return state;
  }

  Result<std::vector<Step>> steps(const Change& change, const Facts&, Random&) const override {
    std::vector<Step> steps;
    Step configure = make_step(change, "configure", "options of " + daemon_.unit);
    configure.actions = daemon_.configure(change);
    add_step(steps, std::move(configure));
    Step run = make_step(change, "run", "run ovn-northd");
    run.actions = daemon_.run(change);
    if (!run.actions.empty()) run.gates.push_back({host(), NorthdRunning{}, Duration{30000}});
    if (change.touches(std::string(kCentralUnit) + " at boot"))
      run.actions.push_back(UnitAction{kCentralUnit, UnitVerb::enable});
    if (change.touches(kCentralUnit)) run.actions.push_back(UnitAction{kCentralUnit, UnitVerb::start});
    run.risk = Risk::control_plane;
    run.pool = "northd";  // one at a time, so that one is always active
    add_step(steps, std::move(run));
    return steps;
  }

 private:
  Daemon daemon_;
  std::vector<Need> needs_;
};

}  // namespace

void make_northd(const Context& context, Resources& resources) {
  for (const NodeSpec* node : context.nodes_with("central"))
    resources.push_back(std::make_unique<Northd>(context, *node));
}

}  // namespace kiln::resources
