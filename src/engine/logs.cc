#include "engine/logs.h"

#include <algorithm>
#include <mutex>
#include <thread>
#include <tuple>

#include "engine/runner.h"

namespace kiln::engine {
namespace {

constexpr Duration kInterval{1000};
constexpr Duration kPatience{50};  ///< between two looks at `stop`
constexpr int kMostAtOnce = 10000;

void add(LogLines& all, LogLines more) {
  all.lines.insert(all.lines.end(), std::make_move_iterator(more.lines.begin()),
                   std::make_move_iterator(more.lines.end()));
  for (const HostName& host : more.back) {
    all.problems.erase(host);
    all.back.push_back(host);
  }
  all.problems.merge(more.problems);
}

void sort(LogLines& all) {
  std::ranges::stable_sort(all.lines, {}, [](const LogLine& line) {
    return std::tie(line.entry.time_us, line.node, line.daemon);
  });
  std::ranges::sort(all.back);
}

/// A line of the daemon's own begins with its number; nobody else's does.
bool is_numbered(const std::string& text) {
  const std::size_t bar = text.find('|');
  return bar != std::string::npos && bar > 0 && text.find_first_not_of("0123456789") == bar;
}

}  // namespace

HostLog::HostLog(HostName node, std::vector<std::string> daemons, std::int64_t since_ms, int most)
    : node_(std::move(node)) {
  for (std::string& daemon : daemons)
    looks_.push_back({.daemon = std::move(daemon),
                      .since_ms = since_ms,
                      .most = most,
                      .journal_cursor = {},
                      .file_cursor = {}});
}

LogLines HostLog::read(transport::Transport& transport, Duration timeout) {
  const Facts facts = transport.look(node_, {looks_.begin(), looks_.end()}, timeout);
  LogLines found;
  std::string problem;
  for (LogLook& look : looks_) {
    if (auto why = facts.unknown(node_, look); why && problem.empty()) problem = std::move(*why);
    const auto* seen = facts.seen<LogSeen>(node_, look);
    if (!seen) continue;
    for (const LogEntry& entry : seen->entries)
      if (is_new(look.daemon, entry)) found.lines.push_back({node_, look.daemon, entry});
    look.journal_cursor = seen->journal_cursor;
    look.file_cursor = seen->file_cursor;
    if (!look.journal_cursor.empty()) look.most = kMostAtOnce;
  }
  if (!problem.empty() && problem_.empty()) found.problems[node_] = problem;
  if (problem.empty() && !problem_.empty()) found.back.push_back(node_);
  problem_ = problem;
  sort(found);
  return found;
}

bool HostLog::is_new(const std::string& daemon, const LogEntry& entry) {
  constexpr std::int64_t kApartUs = 2'000'000;  // the journal dates a line when it takes it
  constexpr std::size_t kRemembered = 20000;
  if (!is_numbered(entry.text)) return true;
  const auto [found, is_new] = shown_.try_emplace({daemon, entry.text}, entry.time_us);
  if (!is_new) {
    const bool twice = std::abs(found->second - entry.time_us) <= kApartUs;
    found->second = entry.time_us;
    return !twice;
  }
  if (shown_.size() > kRemembered)
    std::erase_if(shown_, [&](const auto& line) { return line.second < entry.time_us - 15 * kApartUs; });
  return true;
}

LogLines read_logs(std::vector<HostLog>& hosts, Seams& seams, const Limits& limits, Runner& runner) {
  LogLines all;
  std::mutex mutex;
  for_each(runner, hosts.size(), limits.parallel_hosts, [&](std::size_t at) {
    LogLines found = hosts[at].read(seams.transport, limits.look_timeout);
    const std::lock_guard lock(mutex);
    add(all, std::move(found));
  });
  sort(all);
  return all;
}

void follow_logs(std::vector<HostLog>& hosts, Seams& seams, const Limits& limits, Waiter& waiter,
                 const std::atomic<bool>& stop, const std::function<bool(const LogLines&)>& show) {
  std::mutex mutex;
  LogLines come;
  std::atomic<bool> ended{false};
  const auto goes_on = [&] { return !stop && !ended; };
  const auto wait = [&] {
    for (Duration waited{0}; waited < kInterval && goes_on(); waited += kPatience) waiter.sleep(kPatience);
  };
  std::vector<std::thread> threads;
  for (HostLog& host : hosts)
    threads.emplace_back([&] {
      while (goes_on()) {
        LogLines found = host.read(seams.transport, limits.look_timeout);
        {
          const std::lock_guard lock(mutex);
          add(come, std::move(found));
        }
        wait();
      }
    });
  while (goes_on()) {
    wait();
    LogLines now;
    {
      const std::lock_guard lock(mutex);
      std::swap(now, come);
    }
    sort(now);
    if (!show(now)) ended = true;
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace kiln::engine
