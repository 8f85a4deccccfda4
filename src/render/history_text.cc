#include "render/history_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "render/line.h"
#include "render/table.h"

namespace kiln::render {
namespace {

using engine::PastResult;
using engine::PastRun;

constexpr std::size_t kOneLineWidth = 120;
constexpr std::size_t kShownLines = 5;

/// "2026-11-21 07:25:55" of "2026-11-21T07:25:55Z"; without seconds where there is no room.
std::string when(const std::string& at, bool seconds) {
  std::string text = at.substr(0, seconds ? 19 : 16);
  std::ranges::replace(text, 'T', ' ');
  return text;
}

/// What the `end` line says: a run without one has dashes.
std::vector<Table::Cell> cells_of_end(const PastRun& run) {
  if (!run.end) return {"-", "-", "-", "-"};
  const auto bad_if_any = [](std::size_t number, Tone tone) {
    return Table::Cell(std::to_string(number), number == 0 ? Tone::plain : tone);
  };
  return {duration_text(run.end->took), fmt::format("{}/{}", run.end->done, run.steps_in_plan),
          bad_if_any(run.end->failed, Tone::bad), bad_if_any(run.end->skipped, Tone::warn)};
}

Table::Cell result_cell(const PastRun& run) {
  return {std::string(to_string(run.result())), tone_of(run.result())};
}

std::string wide_table(const std::vector<PastRun>& runs, const Style& style) {
  Table table({"RUN", "WHEN (UTC)", "COMMAND", "BY", "PLAN", "REVISION", "TOOK", "DONE", "FAILED", "SKIPPED",
               "RESULT"});
  for (const PastRun& run : runs) {
    std::vector<Table::Cell> cells{run.run,         when(run.at, true), run.command,
                                   or_dash(run.by), or_dash(run.plan),  or_dash(run.revision)};
    std::ranges::copy(cells_of_end(run), std::back_inserter(cells));
    cells.push_back(result_cell(run));
    table.row(std::move(cells));
  }
  return table.text(style, 0);
}

/// "apply, plan 3f9a12c0de77, revision 9c0ffee-dirty"
std::string origin(const PastRun& run) {
  std::string text = fmt::format("{}, plan {}", run.command, or_dash(run.plan));
  if (!run.revision.empty()) text += ", revision " + run.revision;
  if (!run.by.empty()) text += ", by " + run.by;
  return one_line(text);
}

/// The columns that are compared in a table; the others in a line below each run.
std::string narrow_table(const std::vector<PastRun>& runs, const Style& style) {
  Table table({"RUN", "WHEN (UTC)", "TOOK", "DONE", "FAILED", "SKIPPED", "RESULT"});
  for (const PastRun& run : runs) {
    std::vector<Table::Cell> cells{run.run.substr(0, 8), when(run.at, false)};
    std::ranges::copy(cells_of_end(run), std::back_inserter(cells));
    cells.push_back(result_cell(run));
    table.row(std::move(cells));
  }
  const std::vector<std::string> lines = split(table.text(style, 0), '\n');
  std::string text = lines.front() + '\n';
  for (std::size_t i = 0; i < runs.size(); ++i)
    text += lines[i + 1] + '\n' + hanging("          ", origin(runs[i]), style, Tone::dim);
  return text;
}

/// "line 7", "lines 7, 9, 12 and 30 more"
std::string lines_text(const std::vector<std::size_t>& numbers) {
  std::vector<std::string> shown;
  for (std::size_t i = 0; i < std::min(numbers.size(), kShownLines); ++i)
    shown.push_back(std::to_string(numbers[i]));
  std::string text = (numbers.size() == 1 ? "line " : "lines ") + join(shown, ", ");
  if (numbers.size() > kShownLines) text += fmt::format(" and {} more", numbers.size() - kShownLines);
  return text;
}

std::string unread_text(const History& history, const Style& style) {
  if (history.unread.empty()) return "";
  std::map<std::string, std::vector<std::size_t>> by_why;
  for (const engine::UnreadLine& unread : history.unread) by_why[unread.why].push_back(unread.line);
  std::string text =
      hanging("",
              fmt::format("{} of {} could not be read:", count_of(history.unread.size(), "line", "lines"),
                          history.journal),
              style, Tone::warn);
  for (const auto& [why, numbers] : by_why)
    text += hanging("  ", lines_text(numbers) + ": " + one_line(why), style);
  return text;
}

std::string notes(const History& history, const Style& style) {
  std::string text;
  const bool killed = std::ranges::any_of(
      history.runs, [](const PastRun& run) { return run.result() == PastResult::killed; });
  if (killed && !history.detailed)
    text += hanging("",
                    "killed: the journal has no end of the run, or it is still running; `kiln history "
                    "RUN` shows how far it came",
                    style);
  if (history.older > 0)
    text += fmt::format("{} not shown: -n {} shows all\n", count_of(history.older, "older run", "older runs"),
                        history.older + history.runs.size());
  return text + unread_text(history, style);
}

}  // namespace

Tone tone_of(PastResult result) {
  switch (result) {
    case PastResult::complete:
      return Tone::good;
    case PastResult::partly:
    case PastResult::interrupted:
      return Tone::warn;
    case PastResult::killed:
      return Tone::bad;
  }
  return Tone::plain;
}

std::string history_text(const History& history, const Style& style) {
  if (history.runs.empty())
    return hanging("",
                   fmt::format("{}: no run of `kiln apply` is in the journal {}", history.cluster,
                               one_line(history.journal)),
                   style) +
           unread_text(history, style);
  std::vector<std::string> sections;
  if (history.detailed) {
    for (const PastRun& run : history.runs) sections.push_back(run_text(run, style));
  } else {
    const auto table = style.width < kOneLineWidth ? narrow_table : wide_table;
    sections.push_back(table(history.runs, style));
  }
  if (std::string below = notes(history, style); !below.empty()) sections.push_back(std::move(below));
  return join(sections, "\n");
}

}  // namespace kiln::render
