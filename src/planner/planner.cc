#include "planner/planner.h"

#include "planner/budget.h"
#include "planner/compose.h"
#include "planner/fingerprint.h"
#include "planner/purge.h"
#include "resources/beside.h"
#include "resources/central/quorum_needed.h"
#include "resources/works.h"

namespace kiln::planner {
namespace {

/// What the file does not say, as it has them no more.
std::vector<std::string> former_nodes(const Desired& desired) {
  std::vector<std::string> texts;
  for (const auto& [name, node] : desired.nodes)
    if (node.former) texts.push_back(name + " is no longer in the file: it leaves");
  for (const auto& [name, node] : desired.waiting)
    texts.push_back(name + " is on the machine of " + node.after + " (" + node.address + "): all of " +
                    node.after + " leaves it first, then " + name + " comes");
  return texts;
}

}  // namespace

Result<Plan> make_plan(const Desired& desired, const Facts& facts, Random& random) {
  std::vector<std::string> problems;
  const resources::Placement placement = resources::place(desired, facts, problems);
  // Every node's services are known; who is central stays central.
  const resources::Resources resources = resources::make_resources(desired, placement, facts);
  // Every wanted thing is a resource, and so is everything of ours that is no longer wanted.
  const resources::Context context(desired, placement, facts);
  const auto why_not = [&](const ResourceId& id) { return resources::why_no_quorum(context, id); };
  KILN_TRY_ASSIGN(Plan plan, compose(resources, facts, random, desired.scope, why_not));
  // Changes are sorted by id, steps are in an order that respects their needs.
  plan.cluster = desired.cluster.name;
  plan.warnings = former_nodes(desired);
  for (std::string& problem : problems) plan.warnings.push_back(std::move(problem));
  for (std::string& unread : resources::unread_marks(desired, placement, facts))
    plan.warnings.push_back(std::move(unread));
  if (const Deletions lost = deletions(plan, desired); lost.over())
    plan.warnings.push_back(to_text(lost) +
                            ": apply wants --allow-delete=" + std::to_string(lost.lost.size()));
  if (desired.purge) add_purge(plan, desired, facts);
  plan.id = fingerprint(plan);
  // The id is that of the content: the same plan has it again.
  return plan;
}

void add_what_is_not_done(Plan& plan, const Desired& desired, const Facts& facts) {
  std::vector<std::string> problems;  // the plan has them
  const resources::Placement placement = resources::place(desired, facts, problems);
  const resources::Context context(desired, placement, facts);
  plan.beside = resources::beside(context);
  for (Trouble& trouble : resources::troubles(context))
    if (!desired.scope.excludes(trouble.host)) plan.troubles.push_back(std::move(trouble));
}

}  // namespace kiln::planner
