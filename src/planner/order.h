#pragma once

#include <cstddef>
#include <vector>

#include "model/plan.h"
#include "planner/defer.h"
#include "planner/graph.h"

namespace kiln::planner {

/// Steps and what they wait for, by index, while a plan is made.
struct StepGraph {
  std::vector<Step> steps;  ///< their `needs` are empty
  std::vector<std::vector<Edge>> needs;
};

/// Edges between steps: the steps of one resource are a chain in the given order, and the first of them waits
/// for the last step of each resource that it needs, through resources without steps. What another edge of
/// the same step implies is left out where that is cheap to see.
StepGraph connect(const ResourceGraph& resources, StepsOfResources steps);

/// The longest way down from each step, where each step on the way counts its length. The graph has no cycle.
std::vector<std::size_t> depths(const std::vector<std::vector<Edge>>& needs,
                                const std::vector<std::size_t>& lengths);

/// The steps by depth, then id (with numbers as numbers), which respects every edge, with their needs spelt
/// out and sorted.
std::vector<Step> in_order(StepGraph graph);

}  // namespace kiln::planner
