#include <algorithm>

#include "resources/context.h"
#include "resources/daemon.h"
#include "resources/paths.h"
#include "resources/steps.h"

// Kind `packages/<node>`: OVN's packages, and the few tools that kiln needs on a host.

namespace kiln::resources {
namespace {

/// Everything that a maintainer script might start by itself.
const std::vector<std::string>& held_units() {
  static const std::vector<std::string> kUnits = {
      "openvswitch-switch.service",  "ovsdb-server.service", "ovs-vswitchd.service",
      "ovn-central.service",         "ovn-northd.service",   "ovn-ovsdb-server-nb.service",
      "ovn-ovsdb-server-sb.service", "ovn-host.service",     "ovn-controller.service"};
  return kUnits;
}

/// "25.03.0" of Debian's "25.03.0-1" or "1:25.03.0-1".
std::string upstream_version(const std::string& version) {
  const std::size_t colon = version.find(':');
  const std::string without_epoch = colon == std::string::npos ? version : version.substr(colon + 1);
  return without_epoch.substr(0, without_epoch.find_last_of('-'));
}

class Packages : public Resource {
 public:
  Packages(const Context& context, const NodeSpec& node)
      : Resource(packages_id(node.name), node.name, node.places.self),
        spec_(context.desired.packages),
        packages_(packages_for(context, node)) {
    if (!context.placement.has(node.name, "central")) return;
    for (const Database database : {Database::northbound, Database::southbound})
      conditions_[condition_path(std::string(server_unit(database)))] =
          file_header(context.desired.cluster.name, id().text()) +
          "[Unit]\nConditionPathExists=" + std::string(file_path(database)) + '\n';
  }

  std::vector<Need> needs() const override {
    return {{mark_id(host()), "whose host it is is said before anything is done to it"}};
  }

  std::vector<Probe> probes() const override {
    std::vector<Probe> probes;
    for (const std::string& package : packages_) probes.push_back({host(), PackageLook{package}});
    for (const std::string& unit : held_units()) probes.push_back({host(), UnitLook{unit}});
    for (const auto& [path, content] : conditions_) probes.push_back({host(), FileLook{path}});
    return probes;
  }

  std::optional<State> wanted() const override {
    State state;
    for (const std::string& package : packages_)
      state[path_of(package)] = std::string(wanted_version(package));
    state["units held by an installation"] = std::set<std::string>{};
    for (const auto& [path, content] : conditions_) add_file_wanted(state, path);
    return state;
  }

  Observation observe(const Facts& facts) const override {
    State state;
    for (const Probe& probe : probes())
      if (auto why = facts.unknown(host(), probe.look)) return Unknown{*why};
    bool any = false;
    for (const std::string& package : packages_)
      if (const auto* seen = facts.seen<PackageSeen>(host(), PackageLook{package})) {
        any = true;
        state[path_of(package)] = seen_version(package, seen->version);
      }
    std::set<std::string> held;
    for (const std::string& unit : held_units())
      if (const auto* seen = facts.seen<UnitSeen>(host(), UnitLook{unit});
          seen && seen->file_state == "masked-runtime")
        held.insert(unit);
    state["units held by an installation"] = held;
    for (const auto& [path, content] : conditions_)
      if (auto why = add_file_seen(facts, host(), path, content, state)) return Unknown{*why};
    if (!any) return Absent{};
    return state;
  }

  Result<std::vector<Step>> steps(const Change& change, const Facts& facts, Random&) const override {
    std::vector<std::string> missing;
    for (const std::string& package : packages_) {
      if (!change.touches(path_of(package))) continue;
      if (const auto* seen = facts.seen<PackageSeen>(host(), PackageLook{package}))
        return fail(ErrorCode::failed, host() + " has " + package + ' ' + seen->version +
                                           ", the file asks for " + spec_.ovn +
                                           "; kiln does not change a release yet");
      missing.push_back(package);
    }
    if (!missing.empty() && spec_.source == "none")
      return fail(ErrorCode::failed,
                  host() + " lacks " + missing.front() + " and `[packages] source` is none");
    Step step = make_step(change, "install",
                          missing.empty() ? "keep the packages' daemons from making a database"
                                          : "install packages, their daemons held back");
    step.risk = Risk::none;
    step.deadline = Duration{600000};
    for (const auto& [path, content] : conditions_)
      if (change.touches(path)) step.actions.push_back(WriteFile{path, content, 0644});
    if (!missing.empty()) {
      step.actions.push_back(InstallPackages{missing, held_units()});
    } else {
      if (!step.actions.empty()) step.actions.push_back(DaemonReload{});
      for (const std::string& unit : held_units())
        if (const auto* seen = facts.seen<UnitSeen>(host(), UnitLook{unit});
            seen && seen->file_state == "masked-runtime")
          step.actions.push_back(UnitAction{unit, UnitVerb::unmask});
    }
    return std::vector<Step>{step};
  }

 private:
  static std::vector<std::string> packages_for(const Context& context, const NodeSpec& node) {
    std::vector<std::string> packages = {"iproute2", "openssl"};
    const Placement& placement = context.placement;
    if (placement.has(node.name, "central")) packages.push_back("ovn-central");
    if (placement.has(node.name, "chassis")) packages.push_back("ovn-host");
    if (placement.has(node.name, "switch")) packages.push_back("openvswitch-switch");
    if (node.client) packages.push_back("ovn-common");
    const auto here = [&](const auto& named) { return named.second.node == node.name; };
    // Workloads on the userspace datapath need their checksum offload switched off.
    if (node.integration_datapath() == "netdev" && std::ranges::any_of(context.desired.workloads, here))
      packages.push_back("ethtool");
    std::ranges::sort(packages);
    return packages;
  }

  static std::string path_of(const std::string& package) { return "package " + package; }
  bool pinned(const std::string& package) const { return !spec_.ovn.empty() && package.starts_with("ovn-"); }
  std::string wanted_version(const std::string& package) const {
    return pinned(package) ? spec_.ovn : "installed";
  }
  std::string seen_version(const std::string& package, const std::string& version) const {
    if (!pinned(package)) return "installed";
    const std::string upstream = upstream_version(version);
    // "25.03" is wanted and 25.03.x is seen: the release is the same.
    return upstream == spec_.ovn || upstream.starts_with(spec_.ovn + '.') ? spec_.ovn : upstream;
  }

  PackagesSpec spec_;
  std::vector<std::string> packages_;
  /// Drop-ins by path, there before the packages are: the units of the database servers are enabled by their
  /// package, and would make a standalone database at the next boot. They only run one that is there.
  std::map<std::string, std::string> conditions_;
};

/// On a node that leaves: the packages stay, as others may use them; their daemons are stopped and disabled
/// by now, and what kept them from making a database goes.
class LostConditions : public Resource {
 public:
  explicit LostConditions(const NodeSpec& node)
      : Resource(packages_id(node.name), node.name, place_of_services(node)) {}
  std::vector<Probe> probes() const override { return lost_condition_probes(host()); }
  std::optional<State> wanted() const override { return std::nullopt; }
  std::vector<Need> needs() const override {
    const std::string reason = "the databases are gone before what guards them";
    return {{northd_id(host()), reason},
            {database_id(host(), Database::northbound), reason},
            {database_id(host(), Database::southbound), reason}};
  }
  Observation observe(const Facts& facts) const override {
    for (const Probe& probe : probes())
      if (auto why = facts.unknown(host(), probe.look)) return Unknown{*why};
    State state = remains(facts, host());
    return state.empty() ? Observation(Absent{}) : Observation(std::move(state));
  }
  Result<std::vector<Step>> steps(const Change& change, const Facts& facts, Random&) const override {
    Step step = make_step(change, "release", "leave the packages to themselves");
    for (const auto& [left, how] : remains(facts, host()))
      if (left.starts_with('/')) step.actions.push_back(RemoveFile{left});
    step.actions.push_back(DaemonReload{});
    return std::vector<Step>{step};
  }

  /// The files, and units that systemd has not read again since they went.
  static State remains(const Facts& facts, const HostName& host) {
    State state;
    for (const Probe& probe : lost_condition_probes(host)) {
      if (const auto* file = std::get_if<FileLook>(&probe.look); file && facts.seen<FileSeen>(host, *file))
        state[file->path] = std::string("current");
      const auto* unit = std::get_if<UnitLook>(&probe.look);
      const auto* seen = unit ? facts.seen<UnitSeen>(host, *unit) : nullptr;
      if (seen && seen->needs_reload) state[unit->unit] = std::string("changed on disk");
    }
    return state;
  }
};

}  // namespace

std::vector<Probe> lost_condition_probes(const HostName& host) {
  std::vector<Probe> probes;
  for (const Database database : {Database::northbound, Database::southbound}) {
    const std::string unit(server_unit(database));
    probes.push_back({host, FileLook{condition_path(unit)}});
    probes.push_back({host, UnitLook{unit}});
  }
  return probes;
}

void make_packages(const Context& context, Resources& resources) {
  for (const NodeSpec* node : context.desired.nodes_in_file_order()) {
    if (node->stays()) {
      resources.push_back(std::make_unique<Packages>(context, *node));
      continue;
    }
    if (!LostConditions::remains(context.facts, node->name).empty())
      resources.push_back(std::make_unique<LostConditions>(*node));
  }
}

}  // namespace kiln::resources
