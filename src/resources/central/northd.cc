#include "resources/central/central.h"
#include "resources/context.h"
#include "resources/daemon.h"
#include "resources/paths.h"
#include "resources/steps.h"

// Kind `northd/<node>`: ovn-northd, one on each central; one of them is active, the others stand by.

namespace kiln::resources {
namespace {

Daemon northd_daemon(const Context& context, const NodeSpec& node) {
  const std::string& nb = context.endpoints(Database::northbound);
  const std::string& sb = context.endpoints(Database::southbound);
  Daemon daemon;
  daemon.unit = kNorthdUnit;
  daemon.environment_path = northd_environment_path();
  daemon.cluster = context.desired.cluster.name;
  daemon.resource = northd_id(node.name).text();
  daemon.drained = node.drained();
  // The package's own command stops the database servers too, and with them a member of each RAFT cluster.
  daemon.stop_command = "/usr/share/ovn/scripts/ovn-ctl stop_northd --no-monitor --ovn-manage-ovsdb=no";
  daemon.options = {"--ovn-northd-nb-db=" + nb, "--ovn-northd-sb-db=" + sb,
                    "--ovn-northd-ssl-key=" + key_path(kNorthdName),
                    "--ovn-northd-ssl-cert=" + certificate_path(kNorthdName),
                    std::string("--ovn-northd-ssl-ca-cert=") + kTrustPath};
  daemon.arguments = {"--ovnnb-db=" + nb, "--ovnsb-db=" + sb, "--private-key=" + key_path(kNorthdName),
                      "--certificate=" + certificate_path(kNorthdName),
                      std::string("--ca-cert=") + kTrustPath};
  // ovn-ctl(8) hands on no number of threads that is one.
  daemon.watched = {"--n-threads="};
  if (const int threads = context.desired.central.northd_threads; threads > 1) {
    daemon.options.push_back("--ovn-northd-n-threads=" + std::to_string(threads));
    daemon.arguments.insert("--n-threads=" + std::to_string(threads));
  }
  return daemon;
}

class Northd : public Resource {
 public:
  Northd(const Context& context, const NodeSpec& node)
      : Resource(northd_id(node.name), node.name, node.places.at(node.drained() ? "state" : "services")),
        daemon_(northd_daemon(context, node)) {
    for (const NodeSpec* central : context.nodes_with("central")) {
      if (central->drained()) continue;
      others_.push_back(central->name);
      if (daemon_.drained) needs_.push_back({northd_id(central->name), "another is there to take over"});
    }
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
    Step run = make_step(change, daemon_.drained ? "drain" : "run",
                         daemon_.drained ? "stop ovn-northd, also after a reboot" : "run ovn-northd");
    run.actions = daemon_.run(change);
    if (!run.actions.empty() && daemon_.drained)
      run.gates.push_back({host(), NorthdActive{others_}, kAgreement});
    else if (!run.actions.empty())
      run.gates.push_back({host(), NorthdRunning{}, kAgreement});
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
  std::vector<HostName> others_;  ///< centrals that are not in maintenance
  std::vector<Need> needs_;
};

/// On a node that the file no longer makes a central. Its environment file goes last: it marks what is to be
/// done.
class LostNorthd : public Resource {
 public:
  LostNorthd(const Context& context, const NodeSpec& node)
      : Resource(northd_id(node.name), node.name, place_of_services(node)),
        drop_in_(northd_daemon(context, node).drop_in()) {
    for (const NodeSpec* central : context.nodes_with("central"))
      needs_.push_back({northd_id(central->name), "another is there to take over"});
    if (needs_.empty() && !context.desired.safety.allow_last_central_removal) why_not_ = kLastCentral;
  }
  std::vector<Probe> probes() const override { return lost_northd_probes(host()); }
  std::optional<State> wanted() const override { return std::nullopt; }
  std::vector<Need> needs() const override { return needs_; }
  Observation observe(const Facts& facts) const override {
    for (const Probe& probe : probes())
      if (auto why = facts.unknown(host(), probe.look)) return Unknown{*why};
    State state;
    if (const auto* seen = facts.seen<UnitSeen>(host(), UnitLook{kNorthdUnit}))
      state[kNorthdUnit] = seen->active_state;
    if (auto why = add_enabled_seen(facts, host(), kCentralUnit, state)) return Unknown{*why};
    return state;
  }
  Result<std::vector<Step>> steps(const Change& change, const Facts& facts, Random&) const override {
    if (!why_not_.empty()) return fail(ErrorCode::precondition, why_not_);
    Step step = make_step(change, "stop", "stop ovn-northd, and do not start it at boot");
    // Not ovn-central.service itself: that would stop the database servers, which have yet to leave.
    step.actions = {UnitAction{kCentralUnit, UnitVerb::disable}, UnitAction{kNorthdUnit, UnitVerb::stop}};
    if (is_masked(facts.seen<UnitSeen>(host(), UnitLook{kNorthdUnit})))  // it was in maintenance
      step.actions.push_back(UnitAction{kNorthdUnit, UnitVerb::unmask});
    append(step.actions,
           {RemoveFile{drop_in_path(kNorthdUnit)}, DaemonReload{}, RemoveFile{northd_environment_path()}});
    // Without the drop-in the package's own command would stop the servers too.
    if (!is_loaded(facts))
      step.actions.insert(step.actions.begin(),
                          {WriteFile{drop_in_path(kNorthdUnit), drop_in_, 0644}, DaemonReload{}});
    step.risk = Risk::control_plane;
    step.pool = "northd";
    return std::vector<Step>{step};
  }

 private:
  std::vector<Need> needs_;
  bool is_loaded(const Facts& facts) const {
    const auto* file = facts.seen<FileSeen>(host(), FileLook{drop_in_path(kNorthdUnit)});
    const auto* unit = facts.seen<UnitSeen>(host(), UnitLook{kNorthdUnit});
    return file && file->content == drop_in_ && (!unit || !unit->needs_reload);
  }

  std::string drop_in_;
  std::string why_not_;
};

}  // namespace

std::vector<Probe> lost_northd_probes(const HostName& host) {
  return {{host, UnitLook{kNorthdUnit}},
          {host, UnitLook{kCentralUnit}},
          {host, FileLook{northd_environment_path()}},
          {host, FileLook{drop_in_path(kNorthdUnit)}}};
}

void make_northd(const Context& context, Resources& resources) {
  for (const NodeSpec* node : context.desired.nodes_in_file_order()) {
    if (context.placement.has(node->name, "central"))
      resources.push_back(std::make_unique<Northd>(context, *node));
    else if (context.desired.cluster.central_ips.empty() &&
             context.facts.seen<FileSeen>(node->name, FileLook{northd_environment_path()}))
      resources.push_back(std::make_unique<LostNorthd>(context, *node));
  }
}

}  // namespace kiln::resources
