#pragma once

#include "model/fact.h"
#include "model/plan.h"
#include "model/spec.h"

namespace kiln::planner {

/// Adds, for each node that is to be absent and answers, a step that removes what was put aside there: the
/// last on it, and before the node is forgotten. None for a node of which something is put off: it has not
/// left yet.
void add_purge(Plan& plan, const Desired& desired, const Facts& facts);

}  // namespace kiln::planner
