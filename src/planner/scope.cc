#include "planner/scope.h"

#include "base/text.h"
#include "planner/defer.h"

namespace kiln::planner {
namespace {

/// Whom a change is about: what is remembered of a node goes with it, though it is a row of the cluster.
const HostName& node_of(const Change& change) {
  return change.id.kind == "node" ? change.id.name : change.host;
}

/// Which changes stay: positions in the graph's resources.
std::vector<bool> chosen(const Scope& scope, const ResourceGraph& graph, const std::vector<Change>& changes) {
  std::vector<bool> stays(changes.size());
  std::vector<std::size_t> open;
  const auto take = [&](std::size_t at) {
    if (stays[at] || changes[at].verb == Verb::none || scope.excludes(node_of(changes[at]))) return;
    stays[at] = true;
    open.push_back(at);
  };
  for (std::size_t at = 0; at < changes.size(); ++at)
    if (scope.has(node_of(changes[at]))) take(at);
  while (!open.empty()) {
    const std::size_t at = open.back();
    open.pop_back();
    for (const Edge& need : graph.needs[at])
      if (!need.order_only) take(need.to);
  }
  return stays;
}

}  // namespace

std::string to_text(const Scope& scope) {
  std::string text = scope.only.empty() ? "" : "only " + join(scope.only, ", ");
  if (scope.but.empty()) return text;
  return (text.empty() ? "all" : text) + " but " + join(scope.but, ", ");
}

std::size_t limit(const Scope& scope, const ResourceGraph& graph, std::vector<Change>& changes) {
  if (scope.whole()) return 0;
  const std::vector<bool> stays = chosen(scope, graph, changes);
  for (std::size_t at = 0; at < changes.size(); ++at) {
    if (!stays[at] || changes[at].verb == Verb::defer) continue;
    for (const Edge& need : graph.needs[at])
      if (!need.order_only && !stays[need.to] && changes[need.to].verb != Verb::none)
        defer(changes[at], "needs " + changes[need.to].id.text() + ", which is left out of this run");
  }
  std::size_t left_out = 0;
  for (std::size_t at = 0; at < changes.size(); ++at) {
    if (stays[at] || changes[at].verb == Verb::none) continue;
    changes[at].verb = Verb::none;
    changes[at].attributes.clear();
    ++left_out;
  }
  return left_out;
}

}  // namespace kiln::planner
