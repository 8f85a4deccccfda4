#pragma once

#include <functional>
#include <string>

#include "base/error.h"
#include "model/fact.h"
#include "model/plan.h"
#include "resources/resource.h"

namespace kiln::planner {

/// The second half of make_plan: changes and steps of resources that are made already. Cluster, revision,
/// warnings and id are left to the caller.
/// `why_not`, where there is one, says why a resource cannot be changed now, or "".
using WhyNot = std::function<std::string(const ResourceId&)>;
Result<Plan> compose(const resources::Resources& resources, const Facts& facts, Random& random,
                     const Scope& scope = {}, const WhyNot& why_not = {});

}  // namespace kiln::planner
