#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "model/spec.h"
#include "model/state.h"
#include "planner/graph.h"

namespace kiln::planner {

/// "only n1, n2", "all but n3"; "" of a whole one.
std::string to_text(const Scope& scope);

/// Leaves out (Verb::none) what the scope is not about: of `only` nothing but their changes and those that
/// these need stays, wherever they are; of `but` nothing does, and what needs one of theirs is put off.
/// Returns how many were left out. `changes` are those of the graph's resources.
std::size_t limit(const Scope& scope, const ResourceGraph& graph, std::vector<Change>& changes);

}  // namespace kiln::planner
