#include "render/report_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "render/report_text.h"

namespace kiln::render {

using nlohmann::json;

namespace {

std::string_view to_string(RunResult result) {
  switch (result) {
    case RunResult::applied:
      return "applied";
    case RunResult::nothing:
      return "nothing-to-do";
    case RunResult::partly:
      return "partly-applied";
    case RunResult::unchanged:
      return "unchanged";
    case RunResult::check_failed:
      return "check-failed";
  }
  return "unknown";
}

json steps_json(const std::vector<StepReport>& steps) {
  json list = json::array();
  for (const StepReport& step : steps)
    list.push_back({{"step", step.step},
                    {"host", step.host},
                    {"title", step.title},
                    {"status", kiln::to_string(step.status)},
                    {"text", step.text},
                    {"took_ms", step.took.count()}});
  return list;
}

}  // namespace

RunResult result_of(const Report& report) {
  const bool done = all_done(report.steps) && report.remaining.empty();
  if (!done) return report.mutations == 0 ? RunResult::unchanged : RunResult::partly;
  if (report.interrupted) return RunResult::partly;
  if (!all_done(report.checks)) return RunResult::check_failed;
  return report.steps.empty() ? RunResult::nothing : RunResult::applied;
}

json report_json(const Report& report, Duration own_cpu) {
  return {{"format_version", "1.0"},
          {"plan_id", report.plan_id},
          {"result", to_string(result_of(report))},
          {"interrupted", report.interrupted},
          {"mutations", report.mutations},
          {"steps", steps_json(report.steps)},
          {"remaining", report.remaining},
          {"checks", steps_json(report.checks)},
          {"took_ms", report.took.count()},
          {"waited_for_hosts_ms", report.waited_for_hosts.count()},
          {"own_cpu_ms", own_cpu.count()},
          {"state", last_sentence(report)}};
}

json checks_json(const std::vector<StepReport>& checks) {
  return {{"format_version", "1.0"},
          {"result", checks.empty()     ? "no-checks"
                     : all_done(checks) ? "passed"
                                        : "failed"},
          {"checks", steps_json(checks)}};
}

}  // namespace kiln::render
