#include "render/report_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "render/line.h"

namespace kiln::render {
namespace {

constexpr std::size_t kShownRemaining = 20;

std::size_t count(const std::vector<StepReport>& steps, StepStatus status) {
  return static_cast<std::size_t>(std::ranges::count(steps, status, &StepReport::status));
}

std::string step_text(const StepReport& step, const Style& style) {
  std::string line = fmt::format("  {} {}{}{}", mark_of(step.status, style), step.host,
                                 step.host.empty() ? "" : "  ", one_line(step.title));
  if (step.status == StepStatus::done) line += fmt::format(" ({})", duration_text(step.took));
  line += '\n';
  for (const std::string& part : split(step.text, '\n')) line += hanging("      ", one_line(part), style);
  return line;
}

std::string remaining_text(const Report& report, const Style& style) {
  if (report.remaining.empty()) return "";
  std::string text = "What still differs, by a fresh look at the hosts:\n";
  const std::size_t shown = std::min(report.remaining.size(), kShownRemaining);
  for (std::size_t i = 0; i < shown; ++i) text += hanging("  - ", one_line(report.remaining[i]), style);
  if (shown < report.remaining.size())
    text += fmt::format("  and {} more\n", report.remaining.size() - shown);
  return text;
}

std::string list_of_checks(const std::vector<StepReport>& checks, const Style& style) {
  std::string text;
  for (const StepReport& check : checks) text += step_text(check, style);
  return text;
}

std::string counts_text(const Report& report, const Style& style) {
  if (report.steps.empty()) return "";
  std::vector<std::string> parts{fmt::format("{} done", count(report.steps, StepStatus::done))};
  const auto part = [&](StepStatus status, const char* word) {
    if (const std::size_t number = count(report.steps, status); number > 0)
      parts.push_back(fmt::format("{} {}", number, word));
  };
  part(StepStatus::failed, "failed");
  part(StepStatus::skipped, "skipped");
  part(StepStatus::not_started, "not started");
  return hanging("",
                 fmt::format("{}: {}; {} sent to hosts; took {}, of which {} waiting for hosts",
                             count_of(report.steps.size(), "step", "steps"), join(parts, ", "),
                             count_of(report.mutations, "change", "changes"), duration_text(report.took),
                             duration_text(report.waited_for_hosts)),
                 style);
}

/// "steps 1-40 of 83 are in place", where what is done comes first; else "40 of 83 steps are in place".
std::string in_place(const std::vector<StepReport>& steps) {
  const std::size_t done = count(steps, StepStatus::done);
  if (done == 1 && steps.front().status == StepStatus::done)
    return fmt::format("step 1 of {} is in place", steps.size());
  const auto first =
      std::ranges::find_if(steps, [](const auto& step) { return step.status != StepStatus::done; });
  const bool in_order = static_cast<std::size_t>(first - steps.begin()) == done;
  if (in_order) return fmt::format("steps 1-{} of {} are in place", done, steps.size());
  return fmt::format("{} of {} steps {} in place", done, steps.size(), done == 1 ? "is" : "are");
}

std::string checks_sentence(const std::vector<StepReport>& checks) {
  const std::size_t passed = count(checks, StepStatus::done);
  if (passed == checks.size()) return count_of(passed, "check", "checks") + " passed";
  return fmt::format("{} of {} failed", checks.size() - passed, count_of(checks.size(), "check", "checks"));
}

}  // namespace

std::string mark_of(StepStatus status, const Style& style) {
  switch (status) {
    case StepStatus::done:
      return style.paint(Tone::good, style.tick());
    case StepStatus::failed:
      return style.paint(Tone::bad, style.cross());
    case StepStatus::skipped:
      return style.paint(Tone::warn, "skipped");
    case StepStatus::not_started:
      return style.paint(Tone::dim, "not started");
  }
  return "";
}

std::string last_sentence(const Report& report) {
  const std::size_t done = count(report.steps, StepStatus::done);
  if (done < report.steps.size()) {
    if (report.mutations == 0) return "nothing was changed";
    const std::string again = "run it again to continue";
    if (done == 0) return "no step is complete, but hosts were changed; " + again;
    return in_place(report.steps) + "; " + again;
  }
  const std::string all = done == 0   ? "there was nothing to do"
                          : done == 1 ? "the 1 step is done"
                                      : fmt::format("all {} steps done", done);
  if (report.interrupted) return all + ", but not proven; run it again to continue";
  if (done == 0 && !report.remaining.empty())
    return fmt::format("nothing was changed; {}",
                       count_of(report.remaining.size(), "resource still differs", "resources still differ"));
  if (!report.remaining.empty())
    return fmt::format("{}, but {}; {}", all,
                       count_of(report.remaining.size(), "resource still differs", "resources still differ"),
                       report.by_hand == report.remaining.size() ? "what ends that is said above"
                                                                 : "run it again to continue");
  if (report.checks.empty()) return all + ", nothing remains";
  const bool passed = count(report.checks, StepStatus::done) == report.checks.size();
  return fmt::format("{}, nothing remains, {}{}", all, passed ? "" : "but ", checks_sentence(report.checks));
}

std::string report_text(const Report& report, const Style& style, bool verbose) {
  std::string steps;
  for (const StepReport& step : report.steps) {
    const bool told = step.status == StepStatus::failed || step.status == StepStatus::skipped;
    if (verbose || told) steps += step_text(step, style);
  }
  std::vector<std::string> sections{steps, counts_text(report, style), remaining_text(report, style)};
  if (!report.checks.empty()) sections.push_back("Checks:\n" + list_of_checks(report.checks, style));
  if (report.interrupted)
    sections.emplace_back("interrupted: what ran was finished, nothing new was started\n");
  sections.push_back(hanging("", last_sentence(report), style, report.succeeded() ? Tone::good : Tone::bad));
  std::erase(sections, "");
  return join(sections, "\n");
}

std::string checks_text(const std::vector<StepReport>& checks, const Style& style) {
  if (checks.empty()) return "the file has no [[checks]]: nothing was proven\n";
  const bool passed = count(checks, StepStatus::done) == checks.size();
  return list_of_checks(checks, style) + '\n' +
         hanging("", checks_sentence(checks), style, passed ? Tone::good : Tone::bad);
}

}  // namespace kiln::render
