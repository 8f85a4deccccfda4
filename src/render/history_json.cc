#include "render/history_json.h"

#include <nlohmann/json.hpp>

namespace kiln::render {

using nlohmann::json;

namespace {

using engine::PastAction;
using engine::PastRun;
using engine::PastStep;

std::string_view to_string(PastAction::Outcome outcome) {
  switch (outcome) {
    case PastAction::Outcome::unknown:
      return "unknown";
    case PastAction::Outcome::unchanged:
      return "unchanged";
    case PastAction::Outcome::changed:
      return "changed";
    case PastAction::Outcome::failed:
      return "failed";
  }
  return "unknown";
}

json step_json(const PastStep& step) {
  json actions = json::array();
  for (const PastAction& action : step.actions)
    actions.push_back({{"at", action.at},
                       {"action", action.action},
                       {"outcome", to_string(action.outcome)},
                       {"error", action.error}});
  return {{"step", step.step},
          {"host", step.host},
          {"status", step.status ? json(kiln::to_string(*step.status)) : json(nullptr)},
          {"why", step.why},
          {"actions", std::move(actions)}};
}

/// Null where the run has no end.
json end_json(const PastRun& run) {
  if (!run.end) return nullptr;
  return {{"at", run.end->at},
          {"took_ms", run.end->took.count()},
          {"done", run.end->done},
          {"failed", run.end->failed},
          {"skipped", run.end->skipped},
          {"not_started", run.end->not_started},
          {"mutations", run.end->mutations}};
}

json run_json(const PastRun& run, bool detailed) {
  json shown{{"run", run.run},
             {"at", run.at},
             {"last_at", run.last_at},
             {"command", run.command},
             {"plan_id", run.plan},
             {"revision", run.revision},
             {"by", run.by},
             {"steps_in_plan", run.steps_in_plan},
             {"steps_begun", run.steps_begun()},
             {"result", to_string(run.result())},
             {"end", end_json(run)}};
  if (!detailed) return shown;
  json steps = json::array();
  for (const PastStep& step : run.steps) steps.push_back(step_json(step));
  shown["steps"] = std::move(steps);
  return shown;
}

}  // namespace

json history_json(const History& history) {
  json runs = json::array();
  for (const PastRun& run : history.runs) runs.push_back(run_json(run, history.detailed));
  json unread = json::array();
  for (const engine::UnreadLine& line : history.unread)
    unread.push_back({{"line", line.line}, {"why", line.why}});
  return {{"format_version", "1.0"}, {"cluster", history.cluster}, {"journal", history.journal},
          {"runs", std::move(runs)}, {"older", history.older},     {"unread", std::move(unread)}};
}

}  // namespace kiln::render
