#include "planner/budget.h"

#include <algorithm>
#include <set>

#include "resources/kinds.h"

namespace kiln::planner {
namespace {

constexpr std::size_t kAlwaysAllowed = 3;
constexpr std::size_t kNodesAlwaysAllowed = 1;

/// A central that leaves is guarded by the gates of its databases, whose rows live on with the others; keys
/// and certificates are made again for the asking, and levels of a log are set again; Open vSwitch and br-int
/// go with the chassis, which counts.
bool is_no_loss(const ResourceId& id) {
  static const std::set<std::string> kKinds = {"database", "northd",      "client",  "certificate", "trust",
                                               "packages", "openvswitch", "logging", "node",        "mark"};
  return kKinds.contains(id.kind) || (id.kind == "bridge" && id.name.ends_with("/br-int"));
}

/// A database on a node that the file no longer has: nobody has said that it is to leave.
bool is_left_behind(const Change& change, const Desired& desired) {
  const auto node = desired.nodes.find(change.host);
  return change.id.kind == "database" && node != desired.nodes.end() && node->second.former;
}

/// Nodes that the file no longer has and that lose something. One whose machine has another name is not lost.
std::size_t nodes_lost(const Plan& plan, const Desired& desired) {
  std::set<HostName> nodes;
  for (const Change& change : plan.changes) {
    const auto node = desired.nodes.find(change.host);
    if (change.verb == Verb::remove && node != desired.nodes.end() && node->second.former)
      nodes.insert(change.host);
  }
  for (const auto& [name, waiting] : desired.waiting) nodes.erase(waiting.after);
  return nodes.size();
}

}  // namespace

Deletions deletions(const Plan& plan, const Desired& desired) {
  Deletions found;
  found.owned = plan.unchanged;
  for (const Change& change : plan.changes) {
    if (change.verb != Verb::create) ++found.owned;
    const bool lost = !is_no_loss(change.id) || is_left_behind(change, desired);
    if (change.verb == Verb::remove && !resources::moves(change.id, desired) && lost)
      found.lost.push_back(change.id);
  }
  found.allowed = desired.safety.max_delete ? static_cast<std::size_t>(*desired.safety.max_delete)
                                            : std::max(kAlwaysAllowed, found.owned / 10);
  found.nodes = nodes_lost(plan, desired);
  const std::size_t known = desired.nodes.size() + desired.waiting.size();
  found.nodes_allowed = desired.safety.max_delete ? known : std::max(kNodesAlwaysAllowed, known / 10);
  return found;
}

std::string to_text(const Deletions& deletions) {
  if (deletions.nodes > deletions.nodes_allowed)
    return "takes out " + std::to_string(deletions.nodes) + " nodes that the file no longer has, " +
           std::to_string(deletions.lost.size()) + " resources with them, and one apply may take out " +
           std::to_string(deletions.nodes_allowed);
  return "deletes " + std::to_string(deletions.lost.size()) + " of " + std::to_string(deletions.owned) +
         " resources, and one apply may delete " + std::to_string(deletions.allowed);
}

}  // namespace kiln::planner
