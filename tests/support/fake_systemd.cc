#include "support/fake_systemd.h"

#include <algorithm>

#include "base/text.h"
#include "model/database.h"
#include "resources/host/logging.h"
#include "resources/paths.h"
#include "support/fake_daemon.h"

namespace kiln::test {
namespace {

using Units = std::vector<std::string>;

/// Requires= and BindsTo= (the others of Debian's units are Wants=, see wanted_by).
Units required_by(const std::string& unit) {
  if (unit == "openvswitch-switch.service") return {"ovsdb-server.service", "ovs-vswitchd.service"};
  if (unit == "ovs-vswitchd.service") return {"ovsdb-server.service"};
  if (unit.starts_with("kiln-bridge-")) return {"ovs-vswitchd.service"};
  return {};
}

Units wants_of(const FakeHost& host, const std::string& unit) {
  if (unit == "ovn-central.service")
    return {"ovn-ovsdb-server-nb.service", "ovn-ovsdb-server-sb.service", "ovn-northd.service"};
  if (unit == "ovn-host.service") return {"ovn-controller.service"};
  Units wanted;
  if (unit == "ovs-vswitchd.service")
    for (const auto& [name, candidate] : host.units)
      if (name.starts_with("kiln-bridge-") && candidate.enabled) wanted.push_back(name);
  return wanted;
}

/// PartOf=: stops and restarts with the other.
bool part_of(const std::string& unit, const std::string& whole) {
  if (whole == "ovn-host.service") return unit == "ovn-controller.service";
  return whole == "ovn-central.service" &&
         (unit.starts_with("ovn-ovsdb-server-") || unit == "ovn-northd.service");
}

std::string line_of(const std::string& text, const std::string& key) {
  for (const std::string& line : split(text, '\n'))
    if (line.starts_with(key)) return line.substr(key.size());
  return {};
}

Result<> start_known(FakeHost& host, const std::string& name, bool asked_for, Random& random);

Result<> launch(FakeHost& host, const std::string& name, Random& random) {
  FakeUnit& unit = host.units[name];
  const Result<> begun = launch_daemon(host, name, unit, random);
  unit.active = begun ? "active" : "failed";
  unit.since_us = ++host.clock_us;
  ++unit.starts;
  start_logging(host, unit);
  if (!begun) return fail(begun.error(), "Job for " + name + " failed");
  for (const std::string& wanted : wants_of(host, name))
    static_cast<void>(start_known(host, wanted, false, random));
  return {};
}

Result<> start_known(FakeHost& host, const std::string& name, bool asked_for, Random& random) {
  if (!known_unit(host, name)) return fail(ErrorCode::failed, "Unit " + name + " not found.");
  if (host.masked.contains(name) || host.masked_runtime.contains(name))
    return fail(ErrorCode::failed, "Unit " + name + " is masked.");
  FakeUnit& unit = host.units[name];
  if (unit.active == "active") return {};
  if (unit.loaded.empty()) unit.loaded = definition_of(host, name);
  for (const std::string& required : required_by(name)) KILN_TRY(start_known(host, required, false, random));
  const std::string condition = line_of(unit.loaded, "ConditionPathExists=");
  if (!condition.empty() && !host.exists(condition)) {
    if (!asked_for) return {};
    return fail(ErrorCode::failed, "a condition of the unit does not hold, so that it was not started");
  }
  return launch(host, name, random);
}

}  // namespace

std::string definition_of(const FakeHost& host, const std::string& unit) {
  const std::string& own = host.content(resources::unit_path(unit));
  const bool packaged = own.empty() && host.units.contains(unit) && !unit.starts_with("kiln-");
  if (own.empty() && !packaged) return {};
  return (packaged ? "[Unit]\n# of the package: " + unit + '\n' : own) +
         host.content(resources::condition_path(unit)) + host.content(resources::drop_in_path(unit)) +
         host.content(resources::logging_path(unit));
}

bool known_unit(const FakeHost& host, const std::string& unit) {
  return !definition_of(host, unit).empty();
}

bool has_install_section(const FakeHost& host, const std::string& unit) {
  static const std::set<std::string> kOfPackages = {"openvswitch-switch.service", "ovn-central.service",
                                                    "ovn-host.service"};
  return kOfPackages.contains(unit) ||
         host.content(resources::unit_path(unit)).find("[Install]") != std::string::npos;
}

Result<> start_unit(FakeHost& host, const std::string& unit, Random& random) {
  return start_known(host, unit, true, random);
}

void stop_unit(FakeHost& host, const std::string& name) {
  const auto found = host.units.find(name);
  if (found == host.units.end() || found->second.active == "inactive") return;
  if (found->second.active == "active") end_daemon(host, name, found->second);
  found->second.active = "inactive";
  found->second.command_line.clear();
  // As Debian's ExecStop= does: `ovn-ctl stop_northd` stops the database servers, unless it is told not to.
  if (name == "ovn-northd.service" && found->second.loaded.find("--ovn-manage-ovsdb=no") == std::string::npos)
    for (const Database database : {Database::northbound, Database::southbound})
      stop_unit(host, std::string(server_unit(database)));
  for (auto& [other, unit] : host.units) {
    const Units needs = required_by(other);
    if (std::ranges::find(needs, name) != needs.end() || part_of(other, name)) stop_unit(host, other);
  }
}

void reload_daemon(FakeHost& host) {
  for (const auto& [path, file] : host.files) {
    const std::string folder = "/etc/systemd/system/";
    const std::string name = path.starts_with(folder) ? path.substr(folder.size()) : "";
    if (name.ends_with(".service") && name.find('/') == std::string::npos) host.units[name];
  }
  for (auto& [name, unit] : host.units) unit.loaded = definition_of(host, name);
  std::erase_if(host.units, [](const auto& entry) {
    return entry.second.loaded.empty() && entry.second.active == "inactive" && !entry.second.enabled;
  });
}

Result<transport::Outcome> run_systemctl(FakeHost& host, const UnitAction& action, Random& random) {
  const std::string& name = action.unit;
  switch (action.verb) {
    case UnitVerb::mask:
      host.masked.insert(name);
      break;
    case UnitVerb::unmask:
      host.masked.erase(name);
      host.masked_runtime.erase(name);
      break;
    case UnitVerb::start:
      KILN_TRY(start_unit(host, name, random));
      return transport::Outcome{};
    case UnitVerb::stop:
      if (!known_unit(host, name) && !host.units.contains(name))
        return transport::Outcome{.changed = false, .detail = {}};
      stop_unit(host, name);
      return transport::Outcome{};
    case UnitVerb::restart:
      stop_unit(host, name);
      KILN_TRY(start_unit(host, name, random));
      return transport::Outcome{};
    case UnitVerb::reset_failed:
      if (host.units.contains(name) && host.units[name].active == "failed")
        host.units[name].active = "inactive";
      return transport::Outcome{};
    case UnitVerb::enable:
    case UnitVerb::disable:
      if (!known_unit(host, name)) {
        if (action.verb == UnitVerb::disable) return transport::Outcome{.changed = false, .detail = {}};
        return fail(ErrorCode::failed, "Unit file " + name + " does not exist.");
      }
      host.units[name].enabled = action.verb == UnitVerb::enable && has_install_section(host, name);
      break;
  }
  reload_daemon(host);  // systemctl(1): enable and mask reload the manager's configuration
  return transport::Outcome{};
}

void lose_runtime_state(FakeHost& host) {
  for (auto& [name, unit] : host.units) {
    unit.active = "inactive";
    unit.command_line.clear();
    unit.since_us = 0;
  }
  host.masked_runtime.clear();
  host.namespaces.clear();
  std::erase_if(host.links, [](const auto& entry) {
    const std::string& name = entry.first;
    return name != "lo" && !name.starts_with("eth");
  });
  host.clock_us = 1000;
  ++host.boot;
}

void start_enabled(FakeHost& host, Random& random) {
  reload_daemon(host);
  std::vector<std::string> enabled;
  for (const auto& [name, unit] : host.units)
    if (unit.enabled) enabled.push_back(name);
  // Open vSwitch first, as all the others are After= it.
  std::ranges::stable_partition(enabled, [](const std::string& name) { return name.starts_with("openv"); });
  for (const std::string& name : enabled)
    if (!name.starts_with("kiln-bridge-")) static_cast<void>(start_known(host, name, false, random));
}

Fact see_unit(const FakeHost& host, const std::string& name) {
  const bool masked = host.masked.contains(name);
  const bool runtime = host.masked_runtime.contains(name);
  const auto found = host.units.find(name);
  const bool there =
      known_unit(host, name) || (found != host.units.end() && found->second.active != "inactive");
  if (!there && !masked && !runtime) return Absent{};
  UnitSeen seen;
  seen.load_state = masked || runtime ? "masked" : "loaded";
  seen.active_state = found == host.units.end() ? "inactive" : found->second.active;
  seen.sub_state = seen.active_state == "active" ? "running" : "dead";
  seen.file_state = masked                                               ? "masked"
                    : runtime                                            ? "masked-runtime"
                    : !has_install_section(host, name)                   ? "static"
                    : found != host.units.end() && found->second.enabled ? "enabled"
                                                                         : "disabled";
  if (found == host.units.end()) return seen;
  const FakeUnit& unit = found->second;
  seen.needs_reload = !unit.loaded.empty() && unit.loaded != definition_of(host, name);
  seen.active_since_us = unit.since_us;
  seen.command_line = unit.command_line;
  return seen;
}

}  // namespace kiln::test
