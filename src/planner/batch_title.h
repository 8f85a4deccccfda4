#pragma once

#include <string>
#include <vector>

#include "model/plan.h"

namespace kiln::planner {

/// "write 100 rows to OVN_Northbound (2 Logical_Switch, 98 Logical_Switch_Port)", or "remove 6
/// logical-switch-port". `changes` are sorted by id.
std::string batch_title(const Transact& transact, const std::vector<ResourceId>& resources,
                        const std::vector<Change>& changes);

/// "98 logical-switch-port to create", one line for each kind and verb.
std::vector<std::string> batch_why(const std::vector<ResourceId>& resources,
                                   const std::vector<Change>& changes);

}  // namespace kiln::planner
