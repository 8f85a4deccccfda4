#include "planner/budget.h"

#include <algorithm>

#include "resources/kinds.h"

namespace kiln::planner {
namespace {

constexpr std::size_t kAlwaysAllowed = 3;

/// A central that leaves is guarded by the gates of its databases; its rows live on with the others.
bool leaves_a_cluster(const ResourceId& id) {
  return id.kind == "database" || id.kind == "northd" || id.kind == "client";
}

}  // namespace

Deletions deletions(const Plan& plan, const Desired& desired) {
  Deletions found;
  found.owned = plan.unchanged;
  for (const Change& change : plan.changes) {
    if (change.verb != Verb::create) ++found.owned;
    if (change.verb == Verb::remove && !resources::moves(change.id, desired) && !leaves_a_cluster(change.id))
      found.lost.push_back(change.id);
  }
  found.allowed = desired.safety.max_delete ? static_cast<std::size_t>(*desired.safety.max_delete)
                                            : std::max(kAlwaysAllowed, found.owned / 10);
  return found;
}

std::string to_text(const Deletions& deletions) {
  return "deletes " + std::to_string(deletions.lost.size()) + " of " + std::to_string(deletions.owned) +
         " resources, and one apply may delete " + std::to_string(deletions.allowed);
}

}  // namespace kiln::planner
