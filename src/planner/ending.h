#pragma once

#include <map>
#include <vector>

#include "model/plan.h"

namespace kiln::planner {

using Holders = std::map<Database, std::vector<HostName>>;

/// Databases whose last servers the plan stops, with the nodes of those servers: afterwards nobody serves
/// their rows.
Holders ending_databases(const Plan& plan);

/// Databases that a member leaves in the plan, the last or not, with its nodes.
Holders left_databases(const Plan& plan);

}  // namespace kiln::planner
