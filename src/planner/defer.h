#pragma once

#include <vector>

#include "base/seams.h"
#include "model/fact.h"
#include "model/plan.h"
#include "planner/graph.h"

namespace kiln::planner {

/// Puts a change off, and says why.
void defer(Change& change, std::string why);

/// The steps of each resource, by its index in the graph; none where nothing changes or the change is
/// deferred.
using StepsOfResources = std::vector<std::vector<Step>>;

/// Asks each changed resource for its steps, what is needed first. A change becomes `defer` if the resource
/// says that it cannot be planned, or if one that it needs is deferred: "waits for X: why". A resource
/// without changes hands nothing on: it is as wanted, so whatever needs it may go on. `changes` are sorted by
/// id, as the graph's resources are.
StepsOfResources ask_for_steps(const ResourceGraph& graph, const Facts& facts, Random& random,
                               std::vector<Change>& changes);

}  // namespace kiln::planner
