#include "planner/purge.h"

#include <algorithm>
#include <map>
#include <set>

namespace kiln::planner {

void add_purge(Plan& plan, const Desired& desired, const Facts& facts) {
  std::set<HostName> staying;  // for now
  for (const Change& change : plan.changes)
    if (change.verb == Verb::defer) staying.insert(change.host);
  std::map<HostName, std::vector<StepNeed>> earlier;
  for (const Step& step : plan.steps) earlier[step.host].push_back({step.id, "it puts aside, or may fail"});
  for (const NodeSpec* node : desired.nodes_in_file_order()) {
    if (node->state != "absent" || !desired.scope.has(node->name) || staying.contains(node->name)) continue;
    if (!facts.seen<HostSeen>(node->name, HostLook{})) continue;
    Step step;
    step.id = "purge/" + node->name + ":wipe";
    step.host = node->name;
    step.title = "wipe what was put aside of the databases";
    step.why = {"--purge, and all of kiln's leaves the node"};
    step.actions = {RemoveKept{}};
    step.irreversible = true;
    step.needs = std::move(earlier[node->name]);
    std::ranges::sort(step.needs, {}, &StepNeed::step);
    plan.steps.push_back(std::move(step));
  }
}

}  // namespace kiln::planner
