#include "engine/engine.h"
#include "planner/planner.h"
#include "resources/kinds.h"

namespace kiln::engine {

Result<Planned> plan(const Desired& desired, Seams& seams, const Limits& limits) {
  std::vector<Probe> probes = resources::all_probes(desired);
  // The controller's clock: certificates are made by it and must be valid on the hosts.
  probes.push_back({kController, HostLook{}});
  Planned planned;
  planned.facts = observe(desired, probes, seams, limits);
  // Everything that planning needs is seen, absent or unknown.
  resources::check_against_hosts(desired, planned.facts, planned.diags);
  planned.diags.sort();
  // A file that does not fit the hosts is planned all the same, for whoever wants to see; it is not applied.
  KILN_TRY_ASSIGN(planned.plan, planner::make_plan(desired, planned.facts, seams.random));
  return planned;
}

}  // namespace kiln::engine
