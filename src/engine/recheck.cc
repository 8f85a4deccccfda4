#include "engine/recheck.h"

#include "engine/pending.h"
#include "engine/propagate.h"
#include "engine/prove.h"
#include "resources/kinds.h"

namespace kiln::engine {

planner::Recheck recheck(const Plan& plan, const Desired& desired, Seams& seams, const Limits& limits) {
  std::vector<Probe> probes = resources::probes_of(desired, planner::resources_of(plan));
  probes.push_back({kController, HostLook{}});
  const Facts facts = observe(desired, probes, seams, limits);
  return planner::recheck(plan, desired, facts, seams.random);
}

void prove_plan(const Plan& plan, const Desired& desired, Seams& seams, const Limits& limits,
                Report& report) {
  const Duration start = seams.clock.monotonic();
  const planner::Recheck now = recheck(plan, desired, seams, limits);
  report.remaining.clear();
  for (const planner::Stale& stale : now.stale)
    report.remaining.push_back(stale.resource.text() + " on " + stale.host + ": " + stale.fact + ": " +
                               stale.now);
  if (now.stale.empty())
    for (const Step& step : plan.steps)
      if (!now.satisfied.contains(step.id)) report.remaining.push_back(step.id);
  if (report.wrote_northbound) {
    ThreadWaiter waiter;
    const Facts facts = observe(desired, plan_probes(desired), seams, limits);
    for (std::string& line : propagate_to_all(desired, facts, seams, limits, waiter))
      report.remaining.push_back(std::move(line));
  }
  add_checks(desired, seams, limits, start, report);
}

}  // namespace kiln::engine
