#include "render/logs.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <set>

#include "base/text.h"
#include "cli/commands/commands.h"
#include "cli/interrupt.h"
#include "cli/log_since.h"
#include "cli/session.h"
#include "engine/runner.h"
#include "model/logging.h"

namespace kiln::cli {
namespace {

/// Which daemons of which nodes are asked for.
struct Chosen {
  std::set<std::string> nodes;
  std::set<std::string> daemons;
};

std::string without_suffix(std::string_view unit) {
  return std::string(unit.substr(0, unit.rfind('.')));
}

/// The word is its name, that of its unit, or of the service that it belongs to.
bool means(const std::string& word, const LoggedDaemon& daemon) {
  return word == daemon.name || word == daemon.service || word == daemon.unit ||
         word == without_suffix(daemon.unit);
}

std::vector<std::string> known_words(const Desired& desired) {
  std::set<std::string> words;
  for (const auto& [name, node] : desired.nodes) words.insert(name);
  for (const LoggedDaemon& daemon : logged_daemons())
    words.insert({std::string(daemon.name), std::string(daemon.service), without_suffix(daemon.unit)});
  return {words.begin(), words.end()};
}

/// What `words` mean; an error names the first that means nothing.
Result<Chosen> choose(const std::vector<std::string>& words, const Desired& desired) {
  Chosen chosen;
  for (const std::string& word : words) {
    if (desired.nodes.contains(word)) {
      chosen.nodes.insert(word);
      continue;
    }
    bool known = false;
    for (const LoggedDaemon& daemon : logged_daemons())
      if (means(word, daemon)) {
        chosen.daemons.emplace(daemon.name);
        known = true;
      }
    if (known) continue;
    const std::vector<std::string> near = near_names(word, known_words(desired));
    std::vector<std::string> names;
    for (const LoggedDaemon& daemon : logged_daemons()) names.emplace_back(daemon.name);
    return fail(ErrorCode::not_found, fmt::format("`{}` is neither a node of the file nor a daemon; {}", word,
                                                  near.empty() ? "the daemons are " + join(names, ", ")
                                                               : "a similar name: `" + near.front() + '`'));
  }
  return chosen;
}

/// With nothing said: every daemon of every node. A node may have been what the file no longer makes it, so
/// that all are asked for; of what was never there nothing comes.
std::vector<engine::HostLog> logs_of(const Chosen& chosen, const Desired& desired, std::int64_t since_ms,
                                     std::size_t most) {
  std::vector<std::string> daemons;
  for (const LoggedDaemon& daemon : logged_daemons())
    if (chosen.daemons.empty() || chosen.daemons.contains(std::string(daemon.name)))
      daemons.emplace_back(daemon.name);
  std::vector<engine::HostLog> hosts;
  for (const NodeSpec* node : desired.nodes_in_file_order())
    if (chosen.nodes.empty() || chosen.nodes.contains(node->name))
      hosts.emplace_back(node->name, daemons, since_ms, static_cast<int>(most));
  return hosts;
}

render::LogColumns columns_of(const std::vector<engine::HostLog>& hosts, const Chosen& chosen) {
  render::LogColumns columns;
  for (const engine::HostLog& host : hosts) columns.node = std::max(columns.node, host.node().size());
  for (const LoggedDaemon& daemon : logged_daemons())
    if (chosen.daemons.empty() || chosen.daemons.contains(std::string(daemon.name)))
      columns.daemon = std::max(columns.daemon, daemon.name.size());
  return columns;
}

class Shower {
 public:
  Shower(const Arguments& arguments, render::LogColumns columns, Screen& screen)
      : json_(arguments.json), columns_(columns), screen_(screen) {}

  void show(const engine::LogLines& come) {
    for (const auto& [host, why] : come.problems) screen_.error(host + ": " + why, "");
    for (const HostName& host : come.back) screen_.talk("kiln: " + host + " answers again\n");
    std::string text;
    for (const engine::LogLine& line : come.lines)
      text += json_ ? render::log_json(line) : render::log_text(line, columns_, screen_.out_style());
    if (!text.empty()) screen_.result(text);
  }

 private:
  bool json_;
  render::LogColumns columns_;
  Screen& screen_;
};

void keep_newest(engine::LogLines& come, std::size_t most) {
  if (come.lines.size() > most)
    come.lines.erase(come.lines.begin(), come.lines.end() - static_cast<std::ptrdiff_t>(most));
}

}  // namespace

ExitCode run_logs(const Arguments& arguments, World& world, Screen& screen) {
  const std::optional<Wanted> wanted = load_wanted(arguments, world, screen);
  if (!wanted) return ExitCode::invalid;
  const Desired& desired = wanted->desired;
  const Result<Chosen> chosen = choose(arguments.words, desired);
  if (!chosen) {
    screen.error(chosen.error().text(), "");
    return ExitCode::usage;
  }
  const std::int64_t since_ms = arguments.since.empty() ? 0 : *log_since(arguments.since, world.clock.now());
  // All of a span of time, unless so many lines are asked for.
  constexpr std::size_t kNewest = 100;
  constexpr std::size_t kMost = 10000;
  const std::size_t most = arguments.lines > 0 ? arguments.lines : since_ms > 0 ? kMost : kNewest;

  Session session(desired, world, arguments, screen);
  std::vector<engine::HostLog> hosts = logs_of(*chosen, desired, since_ms, most);
  Shower shower(arguments, columns_of(hosts, *chosen), screen);
  engine::ThreadRunner runner;
  engine::LogLines first = engine::read_logs(hosts, session.seams(), session.limits(), runner);
  keep_newest(first, most);
  shower.show(first);
  if (!arguments.follow) return first.problems.empty() ? ExitCode::done : ExitCode::failed;

  const Interrupts interrupts(false);
  engine::ThreadWaiter waiter;
  engine::follow_logs(hosts, session.seams(), session.limits(), waiter, interrupts.asked(),
                      [&](const engine::LogLines& come) {
                        shower.show(come);
                        return world.out.stream.good();
                      });
  return ExitCode::done;
}

}  // namespace kiln::cli
