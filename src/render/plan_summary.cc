#include "render/plan_summary.h"

#include <algorithm>
#include <map>

namespace kiln::render {
namespace {

bool restarts(const Action& action) {
  const auto* unit = std::get_if<UnitAction>(&action);
  return unit != nullptr && unit->verb == UnitVerb::restart;
}

}  // namespace

PlanSummary summarize(const Plan& plan) {
  PlanSummary summary;
  for (const Change& change : plan.changes) {
    switch (change.verb) {
      case Verb::none:
        break;
      case Verb::create:
        ++summary.create;
        break;
      case Verb::update:
        ++summary.update;
        break;
      case Verb::replace:
        ++summary.replace;
        break;
      case Verb::remove:
        ++summary.remove;
        break;
      case Verb::defer:
        ++summary.defer;
        break;
    }
  }
  summary.unchanged = plan.unchanged;
  summary.steps = plan.steps.size();
  for (const Step& step : plan.steps) {
    summary.restarts += static_cast<std::size_t>(std::ranges::count_if(step.actions, restarts));
    summary.irreversible += step.irreversible ? 1U : 0U;
  }
  return summary;
}

std::vector<std::size_t> waves(const Plan& plan) {
  std::map<std::string, std::size_t> of;
  std::vector<std::size_t> waves;
  for (const Step& step : plan.steps) {  // needs come first in the order of the plan
    std::size_t wave = 0;
    for (const StepNeed& need : step.needs)
      if (const auto found = of.find(need.step); found != of.end()) wave = std::max(wave, found->second + 1);
    of[step.id] = wave;
    waves.push_back(wave);
  }
  return waves;
}

}  // namespace kiln::render
