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

bool Report::succeeded() const {
  const auto done = [](const StepReport& step) { return step.status == StepStatus::done; };
  return !interrupted && remaining.empty() && std::ranges::all_of(steps, done) &&
         std::ranges::all_of(checks, done);
}

}  // namespace kiln
