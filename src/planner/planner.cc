#include "planner/planner.h"

#include "planner/compose.h"
#include "planner/fingerprint.h"

namespace kiln::planner {

Result<Plan> make_plan(const Desired& desired, const Facts& facts, Random& random) {
  std::vector<std::string> problems;
  const resources::Placement placement = resources::place(desired, facts, problems);
  // Every node's services are known; who is central stays central.
  const resources::Resources resources = resources::make_resources(desired, placement, facts);
  // Every wanted thing is a resource, and so is everything of ours that is no longer wanted.
  KILN_TRY_ASSIGN(Plan plan, compose(resources, facts, random));
  // Changes are sorted by id, steps are in an order that respects their needs.
  plan.cluster = desired.cluster.name;
  plan.revision = desired.revision;
  plan.warnings = std::move(problems);
  plan.id = fingerprint(plan);
  // The id is that of the content: the same plan has it again.
  return plan;
}

}  // namespace kiln::planner
