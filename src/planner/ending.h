#pragma once

#include <map>
#include <vector>

#include "model/plan.h"

namespace kiln::planner {

/// Databases whose last servers the plan stops, with the nodes of those servers: afterwards nobody serves
/// their rows.
std::map<Database, std::vector<HostName>> ending_databases(const Plan& plan);

}  // namespace kiln::planner
