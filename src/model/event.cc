#include "model/event.h"

#include <algorithm>

namespace kiln {

std::string_view to_string(StepStatus status) {
  switch (status) {
    case StepStatus::done:
      return "done";
    case StepStatus::failed:
      return "failed";
    case StepStatus::skipped:
      return "skipped";
    case StepStatus::not_started:
      return "not-started";
  }
  return "unknown";
}

bool all_done(const std::vector<StepReport>& steps) {
  return std::ranges::all_of(steps, [](const StepReport& step) { return step.status == StepStatus::done; });
}

bool Report::succeeded() const {
  return !interrupted && remaining.empty() && all_done(steps) && all_done(checks);
}

}  // namespace kiln
