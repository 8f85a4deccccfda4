#include "planner/purge.h"

#include <algorithm>

namespace kiln::planner {
namespace {

bool stays_for_now(const Plan& plan, const HostName& node) {
  return std::ranges::any_of(
      plan.changes, [&](const Change& change) { return change.host == node && change.verb == Verb::defer; });
}

}  // namespace

void add_purge(Plan& plan, const Desired& desired, const Facts& facts) {
  for (const NodeSpec* node : desired.nodes_in_file_order()) {
    if (node->state != "absent" || !desired.scope.has(node->name) || stays_for_now(plan, node->name))
      continue;
    if (!facts.seen<HostSeen>(node->name, HostLook{})) continue;
    Step step;
    step.id = "purge/" + node->name + ":wipe";
    step.host = node->name;
    step.title = "wipe what was put aside of the databases";
    step.why = {"--purge, and all of kiln's leaves the node"};
    step.actions = {RemoveKept{}};
    step.irreversible = true;
    for (const Step& earlier : plan.steps)
      if (earlier.host == node->name) step.needs.push_back({earlier.id, "it puts aside, or may fail"});
    std::ranges::sort(step.needs, {}, &StepNeed::step);
    plan.steps.push_back(std::move(step));
  }
}

}  // namespace kiln::planner
