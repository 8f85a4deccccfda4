#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/commands/commands.h"
#include "cli/session.h"
#include "engine/journal_read.h"
#include "render/history_json.h"
#include "render/history_text.h"
#include "render/json_text.h"

namespace kiln::cli {
namespace {

/// A journal that is not there is an empty one.
Result<engine::PastRuns> read_past(const std::string& path, const FileIo& files) {
  const Result<std::string> text = files.read(path);
  if (!text && text.error().code() != ErrorCode::not_found) return std::unexpected(text.error());
  return engine::read_journal(text ? *text : "");
}

/// The one whose id begins so.
Result<engine::PastRun> find_run(const std::vector<engine::PastRun>& runs, const std::string& digits,
                                 const std::string& path) {
  std::vector<engine::PastRun> found;
  std::ranges::copy_if(runs, std::back_inserter(found),
                       [&](const engine::PastRun& run) { return run.run.starts_with(digits); });
  if (found.empty()) return fail(ErrorCode::not_found, fmt::format("no run `{}` in {}", digits, path));
  if (found.size() == 1) return found.front();
  std::vector<std::string> ids;
  for (const engine::PastRun& run : found) ids.push_back('`' + run.run + '`');
  return fail(ErrorCode::failed, fmt::format("`{}` begins the ids of {} runs in {}: {}", digits, found.size(),
                                             path, join(ids, ", ")));
}

std::vector<engine::PastRun> newest_first(std::vector<engine::PastRun> runs, std::size_t most) {
  std::ranges::reverse(runs);
  if (runs.size() > most) runs.erase(runs.begin() + static_cast<std::ptrdiff_t>(most), runs.end());
  return runs;
}

}  // namespace

ExitCode run_history(const Arguments& arguments, World& world, Screen& screen) {
  const std::optional<Wanted> wanted = load_wanted(arguments, world, screen);
  if (!wanted) return ExitCode::invalid;  // whose journal, only a valid file says
  render::History history;
  history.cluster = wanted->desired.cluster.name;
  history.journal = journal_of(wanted->desired, world);
  history.detailed = arguments.verbose || !arguments.run.empty();
  Result<engine::PastRuns> past = read_past(history.journal, world.files);
  if (!past) {
    screen.error(past.error().text(), "");
    return ExitCode::failed;
  }
  history.unread = std::move(past->unread);
  if (arguments.run.empty()) {
    const std::size_t all = past->runs.size();
    history.runs = newest_first(std::move(past->runs), arguments.newest);
    history.older = all - history.runs.size();
  } else {
    Result<engine::PastRun> run = find_run(past->runs, arguments.run, history.journal);
    if (!run) {
      screen.error(run.error().text(), "");
      return ExitCode::failed;
    }
    history.runs.push_back(std::move(*run));
  }
  screen.result(arguments.json ? render::json_text(render::history_json(history))
                               : render::history_text(history, screen.out_style()));
  return ExitCode::done;
}

}  // namespace kiln::cli
