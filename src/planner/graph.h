#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/error.h"
#include "resources/resource.h"

namespace kiln::planner {

/// `to` must be done first, because of `reason`.
struct Edge {
  std::size_t to = 0;
  std::string reason;
  bool order_only = false;  ///< of resources::Need
  bool operator==(const Edge&) const = default;
};

/// Resources and what they need of each other. Indexes are positions in `resources`, which are sorted by id.
struct ResourceGraph {
  std::vector<const resources::Resource*> resources;
  std::vector<std::vector<Edge>> needs;  ///< of each resource, in the order in which it states them
  std::vector<std::size_t> order;        ///< every resource, after all that it needs; the same every time
};

/// Needs of resources that do not exist are dropped. failed: two resources have one id, or the needs form a
/// cycle, named as a path: "a/x needs b/y (why), which needs a/x (why)".
Result<ResourceGraph> make_graph(const resources::Resources& resources);

}  // namespace kiln::planner
