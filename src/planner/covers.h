#pragma once

#include "model/action.h"

namespace kiln::planner {

/// Whether doing `planned` does `action` too: it is the same, or the same for more packages, columns or keys.
bool covers(const Action& planned, const Action& action);

}  // namespace kiln::planner
