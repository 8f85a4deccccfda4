#pragma once

#include <vector>

#include "ovsdb/operation.h"

namespace kiln::planner {

/// One transaction that does what all of them do. Operations keep their order, but that a Mutate with one
/// `insert` or `delete` comes last, and those of equal table, where, column and mutator are one, by the union
/// of their sets or maps: 500 ports of one switch are one change of its row.
ovsdb::Transaction merge(const std::vector<const ovsdb::Transaction*>& transactions);

}  // namespace kiln::planner
