#include "planner/ending.h"

namespace kiln::planner {

std::map<Database, std::vector<HostName>> ending_databases(const Plan& plan) {
  std::map<Database, std::vector<HostName>> ending;
  for (const Step& step : plan.steps) {
    // A member that others outlive is put aside by a step that loses nothing.
    if (!step.irreversible) continue;
    for (const Action& action : step.actions)
      if (const auto* retire = std::get_if<RetireDatabase>(&action))
        ending[retire->database].push_back(step.host);
  }
  return ending;
}

}  // namespace kiln::planner
