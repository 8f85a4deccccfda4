#include "engine/engine.h"
#include "engine/former_nodes.h"
#include "engine/pending.h"
#include "engine/settle.h"
#include "planner/planner.h"
#include "resources/kinds.h"

namespace kiln::engine {
Result<Planned> plan(const Desired& desired, Seams& seams, const Limits& limits) {
  Planned planned;
  planned.facts = observe(desired, plan_probes(desired), seams, limits);
  // Everything that the file's nodes can tell is seen, absent or unknown; so is the roster of all nodes.
  planned.desired = with_former_nodes(desired, planned.facts);
  if (has_more_nodes(planned.desired, desired)) {
    reach_former_nodes(planned.desired, seams.transport);
    planned.facts = observe(planned.desired, plan_probes(planned.desired), seams, limits);
  }
  settle(planned.desired, planned.facts, seams, limits);
  // No node that the deployment ever had is forgotten: those that the file no longer has are to leave.
  resources::check_against_hosts(planned.desired, planned.facts, planned.diags);
  planned.diags.sort();
  // A file that does not fit the hosts is planned all the same, for whoever wants to see; it is not applied.
  KILN_TRY_ASSIGN(planned.plan, planner::make_plan(planned.desired, planned.facts, seams.random));
  planner::add_what_is_not_done(planned.plan, planned.desired, planned.facts);
  return planned;
}

}  // namespace kiln::engine
