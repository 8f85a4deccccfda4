#include "model/logging.h"

#include <algorithm>

#include "base/text.h"

namespace kiln {
namespace {

/// How exactly a text says what it sets: a module counts more than a destination.
int exactness(const std::string& text) {
  const std::vector<std::string> words = split(text, ':');
  return words.size() != 3 ? 0 : (words[0] != kAnyModule ? 2 : 0) + (words[1] != kAnyModule ? 1 : 0);
}

}  // namespace

const std::vector<LoggedDaemon>& logged_daemons() {
  // Levels: ovn-ctl(8) and ovs-ctl(8) start daemons with them, and a daemon that detaches closes its console.
  static const std::vector<LoggedDaemon> daemons{
      {"nb", "central", "ovn-ovsdb-server-nb.service", "ovsdb-server", "/run/ovn/ovnnb_db.ctl",
       "/var/log/ovn/ovsdb-server-nb.log", "info", "info", "off"},
      {"sb", "central", "ovn-ovsdb-server-sb.service", "ovsdb-server", "/run/ovn/ovnsb_db.ctl",
       "/var/log/ovn/ovsdb-server-sb.log", "info", "info", "off"},
      {"ovn-northd", "central", "ovn-northd.service", "ovn-northd", "ovn-northd",
       "/var/log/ovn/ovn-northd.log", "info", "err", "off"},
      {"ovn-controller", "chassis", "ovn-controller.service", "ovn-controller", "ovn-controller",
       "/var/log/ovn/ovn-controller.log", "info", "err", "off"},
      {"ovsdb-server", "switch", "ovsdb-server.service", "ovsdb-server", "ovsdb-server",
       "/var/log/openvswitch/ovsdb-server.log", "info", "err", "off"},
      {"ovs-vswitchd", "switch", "ovs-vswitchd.service", "ovs-vswitchd", "ovs-vswitchd",
       "/var/log/openvswitch/ovs-vswitchd.log", "info", "err", "off"},
  };
  return daemons;
}

const LoggedDaemon* find_logged_daemon(std::string_view name) {
  const auto found = std::ranges::find(logged_daemons(), name, &LoggedDaemon::name);
  return found == logged_daemons().end() ? nullptr : &*found;
}

const std::vector<std::string>& log_destinations() {
  static const std::vector<std::string> destinations{"console", "syslog", "file"};
  return destinations;
}

const std::vector<std::string>& log_levels() {
  static const std::vector<std::string> levels{"off", "emer", "err", "warn", "info", "dbg"};
  return levels;
}

std::vector<LogLevel> log_levels_of(const std::string& text) {
  const std::vector<std::string> words = split(text, ':');
  if (words.size() != 3) return {};
  std::vector<LogLevel> levels;
  for (const std::string& destination : log_destinations())
    if (words[1] == kAnyModule || words[1] == destination)
      levels.push_back({words[0], destination, words[2]});
  return levels;
}

std::vector<LogLevel> in_order_of_setting(const std::vector<std::string>& texts) {
  std::vector<std::string> ordered = texts;
  std::ranges::stable_sort(ordered, {}, exactness);
  std::vector<LogLevel> levels;
  for (const std::string& text : ordered)
    for (LogLevel& level : log_levels_of(text)) {
      const auto same = std::ranges::find_if(
          levels, [&](const LogLevel& earlier) { return earlier.place() == level.place(); });
      if (same == levels.end())
        levels.push_back(std::move(level));
      else
        same->level = level.level;
    }
  return levels;
}

}  // namespace kiln
