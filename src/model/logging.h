#pragma once

#include <string>
#include <string_view>
#include <vector>

/// The daemons whose logs kiln knows, and the levels of vlog (ovs-appctl(8), vlog/set) by which they are told
/// what to log, and where.

namespace kiln {

/// One daemon as its package runs it.
struct LoggedDaemon {
  std::string_view name;     ///< in the file and for `kiln logs`: "nb", "ovn-controller"
  std::string_view service;  ///< of a node that runs it: "central", "chassis", "switch"
  std::string_view unit;
  std::string_view program;     ///< its name in the journal
  std::string_view target;      ///< for ovs-appctl(8) -t
  std::string_view file;        ///< that it logs to by itself
  std::string_view file_level;  ///< of every module there, as the package starts it
  std::string_view syslog_level;
  std::string_view console_level;
};
/// In the order of help texts: databases first.
const std::vector<LoggedDaemon>& logged_daemons();
/// Null if there is none of this name.
const LoggedDaemon* find_logged_daemon(std::string_view name);

inline constexpr std::string_view kAnyModule = "any";
/// Of vlog, in the columns of `vlog/list`.
const std::vector<std::string>& log_destinations();
/// Of vlog, the quietest first.
const std::vector<std::string>& log_levels();

/// One level, of one destination.
struct LogLevel {
  std::string module;  ///< or kAnyModule
  std::string destination;
  std::string level;
  /// As `vlog/set` takes it.
  std::string text() const { return module + ':' + destination + ':' + level; }
  /// What it sets: "pinctrl:file".
  std::string place() const { return module + ':' + destination; }
  bool operator==(const LogLevel&) const = default;
};
/// "module:destination:level" for each destination that it means.
std::vector<LogLevel> log_levels_of(const std::string& text);
/// All of a list; in the order in which they have to be set: what is of every module first, and what is of
/// every destination before that.
std::vector<LogLevel> in_order_of_setting(const std::vector<std::string>& texts);

}  // namespace kiln
