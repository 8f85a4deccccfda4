#pragma once

#include <vector>

#include "planner/order.h"
#include "planner/planner.h"

namespace kiln::planner {

/// Merges the steps of the pool kRowsPool that write to one database and are equally deep among the steps of
/// rows (so that none waits for another) into steps of at most kRowsPerTransaction row operations; a
/// resource's own operations are never split. A step that is alone stays as it is. `changes` are sorted by
/// id.
StepGraph batch_rows(StepGraph graph, const std::vector<Change>& changes);

/// Insert, Update and Delete; a transaction that has none counts as one.
std::size_t row_operations(const ovsdb::Transaction& transaction);

}  // namespace kiln::planner
