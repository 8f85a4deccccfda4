#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/engine.h"

/// The daemons' logs of many hosts as one: what `kiln logs` shows.

namespace kiln::engine {

class Runner;
class Waiter;

struct LogLine {
  HostName node;
  std::string daemon;  ///< name in logged_daemons()
  LogEntry entry;
  bool operator==(const LogLine&) const = default;
};
struct LogLines {
  std::vector<LogLine> lines;                ///< by time, by the hosts' clocks
  std::map<HostName, std::string> problems;  ///< hosts that do not answer, since they do not, and why
  std::vector<HostName> back;                ///< those that answer again
  bool operator==(const LogLines&) const = default;
};

/// One host's logs, read on from where they were last read. One thread at a time.
class HostLog {
 public:
  /// The first look goes back to `since_ms` (LogLook) and takes the newest `most` entries of each daemon.
  HostLog(HostName node, std::vector<std::string> daemons, std::int64_t since_ms, int most);

  const HostName& node() const { return node_; }
  /// What has come since the last time. What a daemon writes to both its file and the journal comes once.
  LogLines read(transport::Transport& transport, Duration timeout);

 private:
  bool is_new(const std::string& daemon, const LogEntry& entry);

  HostName node_;
  std::vector<LogLook> looks_;  ///< a daemon each
  std::string problem_;         ///< why the last look failed, or ""
  /// The daemons' own lines that were shown, and when they were written, for a while.
  std::map<std::pair<std::string, std::string>, std::int64_t> shown_;
};

/// All hosts, in parallel.
LogLines read_logs(std::vector<HostLog>& hosts, Seams& seams, const Limits& limits, Runner& runner);

/// Reads every host again about once a second, each by itself, so that one that does not answer does not
/// hold up the rest, and hands on what came until `stop` is set or `show` says false.
void follow_logs(std::vector<HostLog>& hosts, Seams& seams, const Limits& limits, Waiter& waiter,
                 const std::atomic<bool>& stop, const std::function<bool(const LogLines&)>& show);

}  // namespace kiln::engine
