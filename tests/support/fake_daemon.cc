#include "support/fake_daemon.h"

#include <algorithm>
#include <cctype>

#include "base/text.h"
#include "resources/paths.h"

namespace kiln::test {
namespace {

constexpr const char* kIp = "/usr/sbin/ip ";

/// Lines of the unit that begin with "ExecStart=" or "ExecStop="; "-" in front: a failure does not matter.
Result<> execute_lines(FakeHost& host, const std::string& definition, const std::string& key) {
  for (const std::string& line : split(definition, '\n')) {
    if (!line.starts_with(key)) continue;
    std::string command = line.substr(key.size());
    const bool may_fail = command.starts_with('-');
    if (may_fail) command.erase(0, 1);
    if (!command.starts_with(kIp)) return fail(ErrorCode::failed, "the fake cannot run " + command);
    const Result<> ran = run_ip(host, command.substr(std::string(kIp).size()));
    if (!ran && !may_fail) return fail(ran.error(), command);
  }
  return {};
}

/// OVN_CTL_OPTS of the EnvironmentFile that the unit, as loaded, names.
std::vector<std::string> options_of(const FakeHost& host, const FakeUnit& unit) {
  std::vector<std::string> options;
  for (const std::string& line : split(unit.loaded, '\n')) {
    const std::string key = "EnvironmentFile=";
    if (!line.starts_with(key)) continue;
    for (const std::string& setting : split(host.content(line.substr(key.size())), '\n')) {
      if (!setting.starts_with("OVN_CTL_OPTS=")) continue;
      std::string value = setting.substr(std::string("OVN_CTL_OPTS=").size());
      std::erase(value, '"');
      options = split(value, ' ');
    }
  }
  return options;
}

/// As ovn-ctl(8) hands options on to the daemon.
std::string argument_of(const std::string& option) {
  static const std::vector<std::pair<std::string, std::string>> kNames = {
      {"--ovn-northd-nb-db", "--ovnnb-db"},
      {"--ovn-northd-sb-db", "--ovnsb-db"},
      {"--ovn-northd-n-threads", "--n-threads"}};
  const std::size_t equals = option.find('=');
  const std::string name = option.substr(0, equals);
  const std::string value = equals == std::string::npos ? "" : option.substr(equals);
  for (const auto& [from, to] : kNames)
    if (name == from) return to + value;
  if (name.ends_with("-ssl-ca-cert")) return "--ca-cert" + value;
  if (name.ends_with("-ssl-cert")) return "--certificate" + value;
  if (name.ends_with("-ssl-key")) return "--private-key" + value;
  return {};
}

bool is_ovn_daemon(const std::string& name) {
  return name == "ovn-northd.service" || name == "ovn-controller.service" ||
         name.starts_with("ovn-ovsdb-server-");
}

Result<> launch_ovn(FakeHost& host, const std::string& name, FakeUnit& unit) {
  unit.command_line = {name.substr(0, name.find('.'))};
  for (const std::string& option : options_of(host, unit))
    if (std::string made = argument_of(option); !made.empty()) unit.command_line.push_back(made);
  const std::string key = argument(unit, "--private-key");
  if (!key.empty() && !host.exists(key)) return fail(ErrorCode::failed, key + ": no such file");
  unit.certificate = host.content(argument(unit, "--certificate"));
  for (const Database database : {Database::northbound, Database::southbound}) {
    if (name != server_unit(database)) continue;
    if (const auto made = host.databases.find(database); made != host.databases.end()) {
      if (!made->second.refused.empty())
        return fail(ErrorCode::failed, "failed to open database: " + made->second.refused);
      made->second.used = true;
      made->second.failed = false;
      continue;
    }
    // ovn-ctl makes what is not there, and without cluster options that is a standalone database.
    host.databases[database] = {.clustered = false,
                                .cluster_id = {},
                                .server_id = {},
                                .local_address = {},
                                .remotes = {},
                                .used = true,
                                .behind = 0,
                                .left = false,
                                .replaced = {}};
  }
  return {};
}

/// ovs-ctl makes conf.db and sets system-id from the file at every start (facts, 0.4).
void launch_switch_database(FakeHost& host, Random& random) {
  if (!host.switch_database) {
    host.switch_database.emplace(Database::open_vswitch);
    static_cast<void>(host.switch_database->transact(
        {ovsdb::Insert{"Open_vSwitch",
                       {{"external_ids", ovsdb::Value::string_map({{"hostname", host.name}})}},
                       std::nullopt,
                       {}}},
        random));
  }
  FakeFile& file = host.files[resources::kSystemIdPath];
  if (file.content.empty()) file.content = random.uuid().text() + '\n';
  const std::string id(trim(file.content));
  static_cast<void>(host.switch_database->transact(
      {ovsdb::Mutate{"Open_vSwitch",
                     {},
                     {{"external_ids", "delete", ovsdb::Value("system-id")},
                      {"external_ids", "insert", ovsdb::Value::string_map({{"system-id", id}})}}}},
      random));
}

}  // namespace

std::string argument(const FakeUnit& unit, const std::string& option) {
  for (const std::string& word : unit.command_line)
    if (word.starts_with(option + '=')) return word.substr(option.size() + 1);
  return {};
}

Result<> launch_daemon(FakeHost& host, const std::string& name, FakeUnit& unit, Random& random) {
  if (is_ovn_daemon(name)) return launch_ovn(host, name, unit);
  if (name == "ovsdb-server.service") launch_switch_database(host, random);
  if (name == "ovs-vswitchd.service") {
    unit.active = "active";  // its bridges' links are there before it says that it is ready
    sync_bridge_links(host);
  }
  if (name.starts_with("kiln-")) return execute_lines(host, unit.loaded, "ExecStart=");
  return {};
}

namespace {

const std::vector<std::string>& modules() {
  static const std::vector<std::string> names{"binding", "bridge", "inc_proc_eng", "main", "pinctrl", "raft"};
  return names;
}

}  // namespace

void start_logging(const FakeHost& host, FakeUnit& unit) {
  const std::string variable = "KILN_LOG_LEVELS=";
  unit.levels.clear();
  if (unit.loaded.find(" vlog/set $$KILN_LOG_LEVELS'\n") == std::string::npos) return;
  for (const std::string& line : split(unit.loaded, '\n')) {
    const std::string key = "EnvironmentFile=-";
    if (!line.starts_with(key)) continue;
    for (std::string setting : split(host.content(line.substr(key.size())), '\n')) {
      std::erase(setting, '"');
      if (setting.starts_with(variable))
        static_cast<void>(set_levels(unit, split(setting.substr(variable.size()), ' ')));
    }
  }
}

std::string list_levels(const LoggedDaemon& daemon, const FakeUnit& unit) {
  std::string text =
      "                 console    syslog    file\n                 -------    ------    ------\n";
  for (const std::string& module : modules()) {
    std::map<std::string, std::string> levels{{"console", std::string(daemon.console_level)},
                                              {"syslog", std::string(daemon.syslog_level)},
                                              {"file", std::string(daemon.file_level)}};
    for (const std::string& told : unit.levels)
      for (const LogLevel& level : log_levels_of(told))
        if (level.module == kAnyModule || level.module == module) levels[level.destination] = level.level;
    text += module;
    for (const std::string& destination : log_destinations()) {
      std::string level = levels[destination];
      std::ranges::transform(level, level.begin(), [](unsigned char c) { return std::toupper(c); });
      text += "   " + level;
    }
    text += '\n';
  }
  return text;
}

Result<> set_levels(FakeUnit& unit, const std::vector<std::string>& levels) {
  for (const std::string& text : levels)
    for (const LogLevel& level : log_levels_of(text)) {
      if (level.module != kAnyModule && std::ranges::find(modules(), level.module) == modules().end())
        return fail(ErrorCode::failed, "no destination, level, or module \"" + level.module + '"');
      unit.levels.push_back(level.text());
    }
  return {};
}

void end_daemon(FakeHost& host, const std::string& name, FakeUnit& unit) {
  if (name.starts_with("kiln-")) static_cast<void>(execute_lines(host, unit.loaded, "ExecStop="));
  if (name != "ovs-vswitchd.service" || !host.switch_database) return;
  // A userspace bridge's link goes with the daemon.
  for (const auto& [uuid, row] : host.switch_database->table("Bridge"))
    if (column(row, "datapath_type").as_string() == "netdev")
      host.links.erase(column(row, "name").as_string().value_or(""));
}

void sync_bridge_links(FakeHost& host) {
  if (!host.running("ovs-vswitchd.service") || !host.switch_database) return;
  std::set<std::string> bridges;
  for (const auto& [uuid, row] : host.switch_database->table("Bridge"))
    bridges.insert(column(row, "name").as_string().value_or(""));
  std::erase_if(host.links, [&](const auto& entry) {
    return entry.first.starts_with("br-") && !bridges.contains(entry.first);
  });
  for (const std::string& name : bridges) {
    if (host.links.contains(name)) continue;
    FakeLink& link = host.links[name];
    link.seen.name = name;
    link.seen.mtu = 1500;
  }
}

}  // namespace kiln::test
