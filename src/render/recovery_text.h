#pragma once

#include <string>

#include "model/database.h"
#include "planner/recover.h"
#include "render/style.h"

namespace kiln::render {

/// Whose rows are kept, what may be lost, and the steps.
std::string recovery_text(const planner::Recovery& recovery, Database database, const Style& style);

/// Why nothing is done, a line for each reason.
std::string refusals_text(const planner::Recovery& recovery, Database database);

}  // namespace kiln::render
