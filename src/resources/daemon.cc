#include "resources/daemon.h"

#include <algorithm>

#include "base/text.h"
#include "resources/paths.h"

namespace kiln::resources {
namespace {

constexpr std::string_view kOptionsVariable = "OVN_CTL_OPTS=";

/// The options in an EnvironmentFile as kiln writes it.
std::set<std::string> options_in(const std::string& content) {
  for (const std::string& line : split(content, '\n')) {
    if (!line.starts_with(kOptionsVariable)) continue;
    std::string value = line.substr(kOptionsVariable.size());
    std::erase(value, '"');
    const std::vector<std::string> words = split(value, ' ');
    return {words.begin(), words.end()};
  }
  return {};
}

std::string arguments_path(const Daemon& daemon) {
  return daemon.unit + " arguments";
}
std::string reload_path(const Daemon& daemon) {
  return daemon.unit + " definition";
}

std::string state_of(const UnitSeen& unit, bool drained) {
  // A mask keeps a unit from starting, and does not stop it.
  const bool stopped = unit.active_state == "inactive" || unit.active_state == "failed";
  if (drained && !stopped) return unit.active_state;
  if (is_masked(&unit)) return "masked";
  return unit.active_state;
}

}  // namespace

std::string Daemon::environment() const {
  return file_header(cluster, resource) + std::string(kOptionsVariable) + '"' + join(options, " ") + "\"\n";
}

std::string Daemon::drop_in() const {
  // Read after the package's own file, so that kiln's options are the ones that count.
  std::string text = file_header(cluster, resource) + "[Service]\nEnvironmentFile=" + environment_path + '\n';
  if (!stop_command.empty()) text += "ExecStop=\nExecStop=" + stop_command + '\n';
  return text;
}

std::vector<Probe> Daemon::probes(const HostName& host) const {
  return {{host, UnitLook{unit}}, {host, FileLook{environment_path}}, {host, FileLook{drop_in_path(unit)}}};
}

void Daemon::add_wanted(State& state) const {
  state[unit] = std::string(drained ? "masked" : "active");
  // What systemd knows of a masked unit, and how one that does not run was started, is of no matter.
  if (!drained) {
    state[arguments_path(*this)] = arguments;
    state[reload_path(*this)] = std::string("loaded");
  }
  state[environment_path] = std::set<std::string>(options.begin(), options.end());
  add_file_wanted(state, drop_in_path(unit));
}

std::optional<std::string> Daemon::add_observed(const Facts& facts, const HostName& host,
                                                State& state) const {
  for (const Probe& probe : probes(host))
    if (auto why = facts.unknown(host, probe.look)) return why;
  if (const auto* seen = facts.seen<UnitSeen>(host, UnitLook{unit})) {
    state[unit] = state_of(*seen, drained);
    if (!drained) state[reload_path(*this)] = std::string(seen->needs_reload ? "changed on disk" : "loaded");
    std::set<std::string> running;
    for (const std::string& argument : seen->command_line)
      if (arguments.contains(argument) ||
          std::ranges::any_of(watched, [&](const std::string& start) { return argument.starts_with(start); }))
        running.insert(argument);
    if (!drained && !seen->command_line.empty()) state[arguments_path(*this)] = running;
  }
  if (const auto* seen = facts.seen<FileSeen>(host, FileLook{environment_path}))
    state[environment_path] = options_in(seen->content);
  return add_file_seen(facts, host, drop_in_path(unit), drop_in(), state);
}

bool Daemon::untouched(const State& seen) const {
  const auto state = seen.find(unit);
  const bool idle = state == seen.end() || to_text(state->second) == "inactive";
  return idle && !seen.contains(environment_path);
}

std::vector<Action> Daemon::configure(const Change& change) const {
  std::vector<Action> actions;
  if (change.touches(environment_path))
    actions.push_back(WriteFile{.path = environment_path, .content = environment(), .mode = 0644});
  if (change.touches(drop_in_path(unit)))
    actions.push_back(WriteFile{.path = drop_in_path(unit), .content = drop_in(), .mode = 0644});
  if (change.touches(drop_in_path(unit)) || change.touches(reload_path(*this)))
    actions.push_back(DaemonReload{});
  return actions;
}

std::vector<Action> Daemon::run(const Change& change) const {
  const auto seen = std::ranges::find(change.attributes, unit, &AttributeChange::path);
  const bool inactive = seen != change.attributes.end();
  const std::string state = inactive && seen->from ? to_text(*seen->from) : "";
  std::vector<Action> actions;
  if (drained) {
    // In this order: one that is masked is known to be stopped.
    if (inactive) actions = {UnitAction{unit, UnitVerb::stop}, UnitAction{unit, UnitVerb::mask}};
    return actions;
  }
  if (state == "masked") actions.push_back(UnitAction{unit, UnitVerb::unmask});
  // A unit in the start limit refuses to start (systemd.unit(5), StartLimitBurst=).
  if (state == "failed") actions.push_back(UnitAction{unit, UnitVerb::reset_failed});
  if (inactive)
    actions.push_back(UnitAction{unit, UnitVerb::start});
  else if (change.touches(arguments_path(*this)))
    actions.push_back(UnitAction{unit, UnitVerb::restart});
  return actions;
}

bool is_masked(const UnitSeen* unit) {
  // A mask of this boot alone holds the unit while packages are installed, and goes with that.
  return unit && unit->file_state != "masked-runtime" &&
         (unit->load_state == "masked" || unit->file_state == "masked");
}

void add_enabled(State& wanted, const std::string& unit) {
  wanted[unit + " at boot"] = std::string("enabled");
}

std::optional<std::string> add_enabled_seen(const Facts& facts, const HostName& host, const std::string& unit,
                                            State& observed) {
  if (auto why = facts.unknown(host, UnitLook{unit})) return why;
  if (const auto* seen = facts.seen<UnitSeen>(host, UnitLook{unit}))
    observed[unit + " at boot"] = seen->file_state;
  return std::nullopt;
}

void add_file_wanted(State& wanted, const std::string& path) {
  wanted[path] = std::string("current");
}

std::optional<std::string> add_file_seen(const Facts& facts, const HostName& host, const std::string& path,
                                         const std::string& content, State& observed) {
  if (auto why = facts.unknown(host, FileLook{path})) return why;
  if (const auto* seen = facts.seen<FileSeen>(host, FileLook{path}))
    observed[path] = std::string(seen->content == content ? "current" : "differs");
  return std::nullopt;
}

std::optional<std::string> add_unit_file_seen(const Facts& facts, const HostName& host,
                                              const std::string& unit, const std::string& content,
                                              State& observed) {
  if (auto why = add_file_seen(facts, host, unit_path(unit), content, observed)) return why;
  const auto* seen = facts.seen<UnitSeen>(host, UnitLook{unit});
  if (seen && seen->needs_reload) observed[unit_path(unit)] = std::string("not loaded");
  return std::nullopt;
}

std::vector<std::string> reasons(const Change& change) {
  std::vector<std::string> lines;
  for (const AttributeChange& attribute : change.attributes) {
    const std::string from = attribute.from ? to_text(*attribute.from) : "not there";
    const std::string to = attribute.to ? to_text(*attribute.to) : "not wanted";
    lines.push_back(attribute.path + ": " + from + " -> " + to);
  }
  if (lines.empty()) lines.push_back(std::string(to_string(change.verb)) + ' ' + change.id.text());
  return lines;
}

}  // namespace kiln::resources
