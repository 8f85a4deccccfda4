#include "planner/compose.h"

#include <algorithm>

#include "planner/batch.h"
#include "planner/defer.h"
#include "planner/graph.h"
#include "planner/order.h"
#include "planner/planner.h"
#include "planner/scope.h"

namespace kiln::planner {

Result<Plan> compose(const resources::Resources& resources, const Facts& facts, Random& random,
                     const Scope& scope, const WhyNot& why_not) {
  KILN_TRY_ASSIGN(const ResourceGraph graph, make_graph(resources));
  // The needs have no cycle: from here on every resource can be handled after what it needs.
  Plan plan;
  plan.changes = diff(resources, facts);
  // One change for each resource, in the order of the graph's resources.
  plan.part = to_text(scope);
  plan.left_out = limit(scope, graph, plan.changes);
  // What this run is not about is no change of it.
  if (why_not)
    for (Change& change : plan.changes)
      if (change.verb != Verb::none && change.verb != Verb::defer)
        if (std::string why = why_not(change.id); !why.empty()) defer(change, std::move(why));
  // Nor is what cannot be done now.
  StepsOfResources asked = ask_for_steps(graph, facts, random, plan.changes);
  // Steps belong to changes that can be made now; whatever needs a deferred change is deferred as well.
  StepGraph steps = connect(graph, std::move(asked));
  // No step can start before what its resource needs, and every edge has a reason.
  steps = batch_rows(std::move(steps), plan.changes);
  // Rows are written in few transactions; the edges are between what is left.
  plan.steps = in_order(std::move(steps));
  // The order is the same every time and respects every edge.
  plan.unchanged =
      std::erase_if(plan.changes, [](const Change& change) { return change.verb == Verb::none; }) -
      plan.left_out;
  return plan;
}

}  // namespace kiln::planner
