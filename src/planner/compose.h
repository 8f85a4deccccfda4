#pragma once

#include "base/error.h"
#include "model/fact.h"
#include "model/plan.h"
#include "resources/resource.h"

namespace kiln::planner {

/// The second half of make_plan: changes and steps of resources that are made already. Cluster, revision,
/// warnings and id are left to the caller.
Result<Plan> compose(const resources::Resources& resources, const Facts& facts, Random& random,
                     const Scope& scope = {});

}  // namespace kiln::planner
