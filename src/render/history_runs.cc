#include <fmt/format.h>

#include "base/text.h"
#include "render/history_text.h"
#include "render/line.h"
#include "render/report_text.h"

namespace kiln::render {
namespace {

using engine::PastAction;
using engine::PastRun;
using engine::PastStep;

/// "07:25:55" of "2026-11-21T07:25:55Z"
std::string time_of_day(const std::string& at) {
  return at.substr(11, 8);
}

std::string mark_of(const PastStep& step, const Style& style) {
  return step.status ? mark_of(*step.status, style) : style.paint(Tone::warn, "?");
}

std::string outcome_text(const PastAction& action) {
  switch (action.outcome) {
    case PastAction::Outcome::unknown:
      return "no result: kiln did not see the end of it";
    case PastAction::Outcome::unchanged:
      return "was so already";
    case PastAction::Outcome::changed:
      return "changed";
    case PastAction::Outcome::failed:
      return "failed";
  }
  return "";
}

std::string paragraphs(const std::string& text, const Style& style) {
  std::string shown;
  for (const std::string& part : split(text, '\n')) shown += hanging("      ", one_line(part), style);
  return shown;
}

std::string step_text(const PastStep& step, const Style& style) {
  std::string text =
      fmt::format("  {} {}  {}\n", mark_of(step, style), one_line(step.host), one_line(step.step));
  for (const PastAction& action : step.actions) {
    text += hanging(fmt::format("      {}  ", time_of_day(action.at)),
                    fmt::format("{}: {}", one_line(action.action), outcome_text(action)), style);
    text += paragraphs(action.error, style);
  }
  // What failed in an action was just said.
  const bool said = !step.actions.empty() && !step.actions.back().error.empty();
  return said ? text : text + paragraphs(step.why, style);
}

std::string counts_text(const PastRun& run) {
  if (!run.end)
    return fmt::format("{} of {} begun, last line at {}; the run was killed, or is still running",
                       run.steps_begun(), count_of(run.steps_in_plan, "step", "steps"),
                       time_of_day(run.last_at));
  std::string text = fmt::format("{}: {} done", count_of(run.steps_in_plan, "step", "steps"), run.end->done);
  const auto part = [&](std::size_t number, const char* word) {
    if (number > 0) text += fmt::format(", {} {}", number, word);
  };
  part(run.end->failed, "failed");
  part(run.end->skipped, "skipped");
  part(run.end->not_started, "not started");
  return text + fmt::format("; {} sent to hosts; took {}", count_of(run.end->mutations, "change", "changes"),
                            duration_text(run.end->took));
}

}  // namespace

std::string run_text(const PastRun& run, const Style& style) {
  std::string text =
      fmt::format("{}  {} of {}, {} {} UTC: {}\n", style.paint(Tone::strong, run.run), one_line(run.command),
                  one_line(run.cluster), run.at.substr(0, 10), time_of_day(run.at),
                  style.paint(tone_of(run.result()), to_string(run.result())));
  std::string origin = "plan " + (run.plan.empty() ? "-" : run.plan);
  if (!run.revision.empty()) origin += ", revision " + run.revision;
  if (!run.by.empty()) origin += ", by " + run.by;
  text += hanging("  ", one_line(origin), style) + hanging("  ", counts_text(run), style);
  if (!run.steps.empty()) text += '\n';
  for (const PastStep& step : run.steps) text += step_text(step, style);
  return text;
}

}  // namespace kiln::render
