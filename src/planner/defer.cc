#include "planner/defer.h"

#include "base/assert.h"

namespace kiln::planner {
namespace {

/// The reason at the root, not a chain of "waits for".
std::string root_of(const Change& needed) {
  return needed.why.starts_with("waits for ") ? needed.why
                                              : "waits for " + needed.id.text() + ": " + needed.why;
}

const Change* deferred_need(const std::vector<Edge>& needs, const std::vector<Change>& changes) {
  for (const Edge& need : needs)
    if (!need.order_only && changes[need.to].verb == Verb::defer) return &changes[need.to];
  return nullptr;
}

}  // namespace

void defer(Change& change, std::string why) {
  change.verb = Verb::defer;
  change.attributes.clear();
  change.why = std::move(why);
}

StepsOfResources ask_for_steps(const ResourceGraph& graph, const Facts& facts, Random& random,
                               std::vector<Change>& changes) {
  StepsOfResources steps(graph.resources.size());
  for (const std::size_t at : graph.order) {
    Change& change = changes[at];
    KILN_ASSERT(change.id == graph.resources[at]->id());
    if (change.verb == Verb::none || change.verb == Verb::defer) continue;
    if (const Change* needed = deferred_need(graph.needs[at], changes)) {
      defer(change, root_of(*needed));
      continue;
    }
    Result<std::vector<Step>> asked = graph.resources[at]->steps(change, facts, random);
    if (asked)
      steps[at] = std::move(*asked);
    else
      defer(change, asked.error().text());
  }
  return steps;
}

}  // namespace kiln::planner
