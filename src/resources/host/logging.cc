#include "resources/host/logging.h"

#include <algorithm>

#include "base/text.h"
#include "resources/paths.h"
#include "resources/steps.h"

// Kind `logging/<node>/<daemon>`: what a daemon logs, and where. It is told at once by vlog/set
// (ovs-appctl(8)), and at every start by a drop-in of its unit, which nothing is restarted for. What was set
// before is known from the drop-in, so that it can be taken back.

namespace kiln::resources {
namespace {

constexpr const char* kSetCommand = "vlog/set";
constexpr const char* kListCommand = "vlog/list";

AppctlLook list_look(const LoggedDaemon& daemon) {
  return {std::string(daemon.target), kListCommand};
}

ResourceId runner_of(const LoggedDaemon& daemon, const std::string& node) {
  if (daemon.name == "nb") return database_id(node, Database::northbound);
  if (daemon.name == "sb") return database_id(node, Database::southbound);
  if (daemon.name == "ovn-northd") return northd_id(node);
  return daemon.service == "chassis" ? chassis_id(node) : openvswitch_id(node);
}

std::set<std::string> texts_of(const std::vector<LogLevel>& levels) {
  std::set<std::string> texts;
  for (const LogLevel& level : levels) texts.insert(level.text());
  return texts;
}

constexpr std::string_view kVariable = "KILN_LOG_LEVELS=";

/// The drop-in: always the same, so that systemd has to read nothing when levels change.
std::string drop_in(const LoggedDaemon& daemon, const std::string& header) {
  const bool of_ovn = daemon.service != "switch";
  const std::string appctl =
      std::string("/usr/bin/") + (of_ovn ? "ovn" : "ovs") + "-appctl -t " + std::string(daemon.target) + ' ';
  // The units of the databases are of Type=simple and need no PIDFile=, but with an ExecStartPost= systemd
  // waits for it, and the one of Debian's ovn-ovsdb-server-sb is never there.
  const std::string pid_file = daemon.service == "central" && daemon.name != "ovn-northd" ? "PIDFile=\n" : "";
  // A level that a later release does not know, or a daemon that does not answer, keeps nothing from
  // starting. Without a level vlog/set would set all to dbg.
  return header + "[Service]\n" + pid_file + "EnvironmentFile=-" + levels_path(daemon.name) +
         "\nExecStartPost=-/usr/bin/timeout 30 /bin/sh -c 'until " + appctl +
         "version >/dev/null 2>&1; do sleep 0.1; done; [ -z \"$$KILN_LOG_LEVELS\" ] || " + appctl +
         kSetCommand + " $$KILN_LOG_LEVELS'\n";
}

std::string environment(const std::string& header, const std::vector<LogLevel>& levels) {
  std::vector<std::string> texts;
  for (const LogLevel& level : levels) texts.push_back(level.text());
  return header + std::string(kVariable) + '"' + join(texts, " ") + "\"\n";
}

std::string_view default_level(const LoggedDaemon& daemon, const std::string& destination) {
  return destination == "file"     ? daemon.file_level
         : destination == "syslog" ? daemon.syslog_level
                                   : daemon.console_level;
}

Appctl set_levels(const LoggedDaemon& daemon, const std::vector<LogLevel>& levels) {
  Appctl action{std::string(daemon.target), {kSetCommand}};
  for (const LogLevel& level : levels) action.arguments.push_back(level.text());
  return action;
}

/// What `vlog/list` printed: levels by module and destination.
using Listed = std::map<std::string, std::map<std::string, std::string>>;

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

Listed listed(const std::string& text) {
  Listed modules;
  for (const std::string& line : split(text, '\n')) {
    std::vector<std::string> words;
    for (std::string& word : split(line, ' '))
      if (!word.empty()) words.push_back(std::move(word));
    const std::vector<std::string>& levels = log_levels();
    // Two lines of heading have no level.
    if (words.size() != 4 || std::ranges::find(levels, lower(words[1])) == levels.end()) continue;
    for (std::size_t i = 0; i < log_destinations().size(); ++i)
      modules[words[0]][log_destinations()[i]] = lower(words[i + 1]);
  }
  return modules;
}

/// The level that every module has but those that have one of their own, or who has another.
std::string level_of_all(const Listed& modules, const LogLevel& wanted,
                         const std::vector<LogLevel>& all_wanted) {
  constexpr std::size_t kShown = 3;
  std::set<std::string> seen;
  std::vector<std::string> others;
  for (const auto& [module, levels] : modules) {
    const std::string place = module + ':' + wanted.destination;
    if (std::ranges::find(all_wanted, place, &LogLevel::place) != all_wanted.end()) continue;
    const std::string& level = levels.at(wanted.destination);
    seen.insert(level);
    if (level != wanted.level) others.push_back(module + ' ' + level);
  }
  if (seen.size() <= 1) return seen.empty() ? wanted.level : *seen.begin();
  const std::size_t more = others.size() > kShown ? others.size() - kShown : 0;
  others.resize(others.size() - more);
  return wanted.level + " but " + join(others, ", ") +
         (more > 0 ? " and " + std::to_string(more) + " more" : "");
}

class Logging : public Resource {
 public:
  Logging(const Context& context, const NodeSpec& node, const LoggedDaemon& daemon)
      : Resource(logging_id(node.name, daemon.name), node.name,
                 context.desired.logging.of(daemon.name).places.at("levels")),
        daemon_(daemon),
        levels_(in_order_of_setting(context.desired.logging.of(daemon.name).levels)),
        path_(levels_path(daemon.name)),
        drop_in_(drop_in(daemon, file_header(context.desired.cluster.name, id().text()))),
        environment_(environment(file_header(context.desired.cluster.name, id().text()), levels_)) {}

  std::vector<Probe> probes() const override {
    return {{host(), FileLook{path_}},
            {host(), FileLook{logging_path(daemon_.unit)}},
            {host(), UnitLook{std::string(daemon_.unit)}},
            {host(), list_look(daemon_)}};
  }
  std::optional<State> wanted() const override {
    State state;
    state[path_] = texts_of(levels_);
    add_file_wanted(state, logging_path(daemon_.unit));
    for (const LogLevel& level : levels_) state[level.place()] = level.level;
    return state;
  }
  std::vector<Need> needs() const override {
    return {{runner_of(daemon_, host()), "a daemon that runs is told"}};
  }

  Observation observe(const Facts& facts) const override {
    for (const Probe& probe : probes())
      if (auto why = facts.unknown(host(), probe.look)) return Unknown{*why};
    const auto* file = facts.seen<FileSeen>(host(), FileLook{path_});
    const std::string drop_in_path = logging_path(daemon_.unit);
    State state;
    if (auto why = add_file_seen(facts, host(), drop_in_path, drop_in_, state)) return Unknown{*why};
    if (!file && state.empty()) return Absent{};
    const auto* unit = facts.seen<UnitSeen>(host(), UnitLook{std::string(daemon_.unit)});
    if (unit && unit->needs_reload && state.contains(drop_in_path))
      state[drop_in_path] = std::string("not loaded");
    if (file) state[path_] = texts_of(levels_in(file->content));
    const auto* list = facts.seen<TextSeen>(host(), list_look(daemon_));
    if (!list) return state;
    const Listed modules = listed(list->text);
    for (const LogLevel& level : levels_) {
      if (modules.empty()) break;
      if (level.module == kAnyModule)
        state[level.place()] = level_of_all(modules, level, levels_);
      else if (const auto module = modules.find(level.module); module != modules.end())
        state[level.place()] = module->second.at(level.destination);
    }
    return state;
  }

  Result<std::vector<Step>> steps(const Change& change, const Facts& facts, Random&) const override {
    const auto* list = facts.seen<TextSeen>(host(), list_look(daemon_));
    const Listed modules = list ? listed(list->text) : Listed{};
    if (list) KILN_TRY(check_modules(modules));
    Step step = make_step(change, "levels", "what " + std::string(daemon_.name) + " logs");
    const std::vector<LogLevel> taken = taken_back(facts, modules);
    // The file that tells what was set goes after it is taken back, and stands before anything is set.
    if (!taken.empty()) step.actions.push_back(set_levels(daemon_, taken));
    if (change.touches(path_)) step.actions.push_back(WriteFile{path_, environment_, 0644});
    if (change.touches(logging_path(daemon_.unit)))
      append(step.actions, {WriteFile{logging_path(daemon_.unit), drop_in_, 0644}, DaemonReload{}});
    const bool differs =
        std::ranges::any_of(levels_, [&](const LogLevel& level) { return change.touches(level.place()); });
    if (differs || !taken.empty()) step.actions.push_back(set_levels(daemon_, levels_));
    std::vector<Step> steps;
    add_step(steps, std::move(step));
    return steps;
  }

 private:
  Result<> check_modules(const Listed& modules) const {
    std::vector<std::string> names;
    for (const auto& [name, levels] : modules) names.push_back(name);
    for (const LogLevel& level : levels_) {
      if (level.module == kAnyModule || modules.contains(level.module)) continue;
      const std::vector<std::string> near = near_names(level.module, names);
      return fail(ErrorCode::precondition,
                  std::string(daemon_.name) + " of " + host() + " has no module `" + level.module +
                      "` (vlog/list)" + (near.empty() ? "" : "; a similar name: `" + near.front() + '`'));
    }
    return {};
  }

  /// Levels that kiln has set and the file no longer wants, as the daemon starts without it.
  std::vector<LogLevel> taken_back(const Facts& facts, const Listed& modules) const {
    const auto* file = facts.seen<FileSeen>(host(), FileLook{path_});
    std::vector<LogLevel> taken;
    if (!file || modules.empty()) return taken;
    for (const LogLevel& level : levels_in(file->content)) {
      if (std::ranges::find(levels_, level.place(), &LogLevel::place) != levels_.end()) continue;
      if (level.module != kAnyModule && !modules.contains(level.module)) continue;
      taken.push_back(
          {level.module, level.destination, std::string(default_level(daemon_, level.destination))});
    }
    return taken;
  }

  const LoggedDaemon& daemon_;
  std::vector<LogLevel> levels_;
  std::string path_;  ///< of the levels; it also tells what was set before
  std::string drop_in_;
  std::string environment_;
};

/// Of a daemon that the file no longer says anything of: all goes back to how its package starts it.
class LostLogging : public Resource {
 public:
  LostLogging(const Context& context, const NodeSpec& node, const LoggedDaemon& daemon)
      : Resource(logging_id(node.name, daemon.name), node.name,
                 context.desired.logging.places.self.known() ? context.desired.logging.places.self
                                                             : context.desired.cluster.places.self),
        daemon_(daemon),
        stays_(context.placement.has(node.name, std::string(daemon.service))),
        path_(levels_path(daemon.name)) {}

  std::vector<Probe> probes() const override {
    return {{host(), FileLook{path_}}, {host(), UnitLook{std::string(daemon_.unit)}}};
  }
  std::optional<State> wanted() const override { return std::nullopt; }
  std::vector<Need> needs() const override {
    if (!stays_) return {};
    return {{runner_of(daemon_, host()), "a daemon that runs is told", true}};
  }
  Observation observe(const Facts& facts) const override {
    for (const Probe& probe : probes())
      if (auto why = facts.unknown(host(), probe.look)) return Unknown{*why};
    const auto* file = facts.seen<FileSeen>(host(), FileLook{path_});
    if (!file) return Absent{};
    return State{{path_, texts_of(levels_in(file->content))}};
  }

  Result<std::vector<Step>> steps(const Change& change, const Facts& facts, Random&) const override {
    Step step =
        make_step(change, "levels", "what " + std::string(daemon_.name) + " logs, as its package has it");
    const auto* unit = facts.seen<UnitSeen>(host(), UnitLook{std::string(daemon_.unit)});
    const auto* file = facts.seen<FileSeen>(host(), FileLook{path_});
    // One that leaves its host is stopped all the same.
    if (const std::vector<LogLevel> taken =
            file ? defaults_of(levels_in(file->content)) : std::vector<LogLevel>{};
        stays_ && unit && unit->active_state == "active" && !taken.empty())
      step.actions.push_back(set_levels(daemon_, taken));
    // The file with the levels goes last: it marks what is to be done.
    append(step.actions, {RemoveFile{logging_path(daemon_.unit)}, DaemonReload{}, RemoveFile{path_}});
    return std::vector<Step>{step};
  }

 private:
  /// Of every module, wherever one was set: a later release may not know a module any more.
  std::vector<LogLevel> defaults_of(const std::vector<LogLevel>& levels) const {
    std::vector<LogLevel> taken;
    for (const std::string& destination : log_destinations())
      if (std::ranges::find(levels, destination, &LogLevel::destination) != levels.end())
        taken.push_back(
            {std::string(kAnyModule), destination, std::string(default_level(daemon_, destination))});
    return taken;
  }

  const LoggedDaemon& daemon_;
  bool stays_;
  std::string path_;
};

bool is_wanted(const Context& context, const NodeSpec& node, const LoggedDaemon& daemon) {
  if (context.desired.logging.of(daemon.name).levels.empty()) return false;
  // Without centrals no ovn-controller is made (kind chassis).
  if (daemon.service == "chassis" && context.nodes_with("central").empty() &&
      context.desired.cluster.central_ips.empty())
    return false;
  return context.placement.has(node.name, std::string(daemon.service));
}

}  // namespace

ResourceId logging_id(const std::string& node, std::string_view daemon) {
  return {"logging", node + '/' + std::string(daemon)};
}

std::string logging_path(std::string_view unit) {
  return unit_path(std::string(unit)) + ".d/60-kiln-logging.conf";
}

std::string levels_path(std::string_view daemon) {
  return std::string(kHostDirectory) + "/log-" + std::string(daemon) + ".env";
}

std::vector<LogLevel> levels_in(const std::string& content) {
  for (std::string line : split(content, '\n')) {
    if (!line.starts_with(kVariable)) continue;
    std::erase(line, '"');
    return in_order_of_setting(split(std::string_view(line).substr(kVariable.size()), ' '));
  }
  return {};
}

std::vector<Probe> lost_logging_probes(const HostName& host) {
  std::vector<Probe> probes;
  for (const LoggedDaemon& daemon : logged_daemons()) {
    probes.push_back({host, FileLook{levels_path(daemon.name)}});
    probes.push_back({host, UnitLook{std::string(daemon.unit)}});
  }
  return probes;
}

void make_logging(const Context& context, Resources& resources) {
  for (const NodeSpec* node : context.desired.nodes_in_file_order())
    for (const LoggedDaemon& daemon : logged_daemons()) {
      if (is_wanted(context, *node, daemon)) {
        resources.push_back(std::make_unique<Logging>(context, *node, daemon));
        continue;
      }
      const auto* file = context.facts.seen<FileSeen>(node->name, FileLook{levels_path(daemon.name)});
      if (file && file->content.starts_with(file_mark(context.desired.cluster.name)))
        resources.push_back(std::make_unique<LostLogging>(context, *node, daemon));
    }
}

}  // namespace kiln::resources
