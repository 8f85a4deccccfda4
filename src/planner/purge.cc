#include "planner/purge.h"

#include <algorithm>
#include <map>
#include <set>

#include "resources/context.h"

namespace kiln::planner {
namespace {

Step wipe(const HostName& node, std::vector<StepNeed> needs) {
  Step step;
  step.id = "purge/" + node + ":wipe";
  step.host = node;
  step.title = "wipe what was put aside of the databases";
  step.why = {"--purge, and all of kiln's leaves the node"};
  step.actions = {RemoveKept{}};
  step.irreversible = true;
  step.needs = std::move(needs);
  std::ranges::sort(step.needs, {}, &StepNeed::step);
  return step;
}

}  // namespace

void add_purge(Plan& plan, const Desired& desired, const Facts& facts) {
  std::set<HostName> staying;  // for now
  for (const Change& change : plan.changes)
    if (change.verb == Verb::defer) staying.insert(change.host);
  std::map<HostName, std::vector<StepNeed>> earlier;
  for (const Step& step : plan.steps) earlier[step.host].push_back({step.id, "it puts aside, or may fail"});
  // A node is forgotten last: while it is remembered, a run that was killed is found and finished.
  std::map<std::string, Step> before;
  for (const NodeSpec* node : desired.nodes_in_file_order()) {
    if (node->state != "absent" || !desired.scope.has(node->name) || staying.contains(node->name)) continue;
    if (!facts.seen<HostSeen>(node->name, HostLook{})) continue;
    before[resources::node_id(node->name).text() + ":key"] = wipe(node->name, std::move(earlier[node->name]));
  }
  std::vector<Step> steps;
  for (Step& step : plan.steps) {
    if (auto found = before.extract(step.id)) {
      step.needs.push_back({found.mapped().id, "what was put aside there is wiped before"});
      std::ranges::sort(step.needs, {}, &StepNeed::step);
      steps.push_back(std::move(found.mapped()));
    }
    steps.push_back(std::move(step));
  }
  for (auto& [key, step] : before) steps.push_back(std::move(step));
  plan.steps = std::move(steps);
}

}  // namespace kiln::planner
