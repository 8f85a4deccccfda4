#include "planner/ending.h"

namespace kiln::planner {
namespace {

template <typename Chosen>
Holders retired(const Plan& plan, Chosen is_chosen) {
  Holders holders;
  for (const Step& step : plan.steps)
    for (const Action& action : step.actions)
      if (const auto* retire = std::get_if<RetireDatabase>(&action); retire && is_chosen(step))
        holders[retire->database].push_back(step.host);
  return holders;
}

}  // namespace

Holders ending_databases(const Plan& plan) {
  // A member that others outlive is put aside by a step that loses nothing.
  return retired(plan, [](const Step& step) { return step.irreversible; });
}

Holders left_databases(const Plan& plan) {
  return retired(plan, [](const Step&) { return true; });
}

}  // namespace kiln::planner
