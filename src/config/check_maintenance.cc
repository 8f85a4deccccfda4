#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "config/check.h"
#include "config/first_use.h"

// Nodes in maintenance: what they cannot all be at once, and what does without a network meanwhile.

namespace kiln::config {
namespace {

/// Nodes that are central, or may be: with as many named ones as are wanted no other becomes one.
std::vector<const NodeSpec*> possible_centrals(const Desired& desired) {
  std::vector<const NodeSpec*> named;
  std::vector<const NodeSpec*> automatic;
  for (const NodeSpec* node : desired.nodes_in_file_order()) {
    if (node->has("central")) named.push_back(node);
    if (node->auto_services) automatic.push_back(node);
  }
  if (named.size() < static_cast<std::size_t>(desired.central.count))
    named.insert(named.end(), automatic.begin(), automatic.end());
  return named;
}

void check_centrals(const Desired& desired, Diags& diags) {
  const std::vector<const NodeSpec*> centrals = possible_centrals(desired);
  std::vector<const NodeSpec*> drained;
  for (const NodeSpec* node : centrals)
    if (node->drained()) drained.push_back(node);
  if (drained.empty()) return;
  const bool all = drained.size() == centrals.size();
  const bool most = centrals.size() > 2 && drained.size() * 2 >= centrals.size();
  if (!all && !most) return;
  const Span& first = drained.front()->places.at("state");
  Diag& diag =
      all ? diags.error("no-central-at-work", first,
                        "every node that can be central is in maintenance: nobody would lead the databases "
                        "and run ovn-northd")
          : diags.warning("centrals-in-maintenance", first,
                          fmt::format("{} of {} nodes that can be central are in maintenance: without them "
                                      "the databases may have no majority",
                                      drained.size(), centrals.size()));
  for (const NodeSpec* node : std::vector(drained.begin() + 1, drained.end()))
    diag.notes.push_back({.text = fmt::format("`{}` too", node->name), .span = node->places.at("state")});
  diag.help = all ? "leave one of them `present`" : "drain one central after the other";
}

void check_workloads_of(const NodeSpec& node, const Desired& desired, Diags& diags) {
  std::vector<std::string> names;
  for (const WorkloadSpec* workload : in_file_order(desired.workloads))
    if (workload->node == node.name) names.push_back('`' + workload->name + '`');
  if (names.empty()) return;
  diags
      .warning("workload-in-maintenance", node.places.at("state"),
               fmt::format("node `{}` is in maintenance: {} {} no network there", node.name,
                           join(names, ", "), names.size() == 1 ? "has" : "have"))
      .help = "move what has to go on to another node first; checks with it are left out";
}

}  // namespace

void check_maintenance(const Desired& desired, Diags& diags) {
  if (desired.cluster.central_ips.empty()) check_centrals(desired, diags);
  for (const NodeSpec* node : desired.nodes_in_file_order())
    if (node->drained()) check_workloads_of(*node, desired, diags);
}

}  // namespace kiln::config
