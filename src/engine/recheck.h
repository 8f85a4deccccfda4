#pragma once

#include "engine/engine.h"
#include "planner/recheck.h"

namespace kiln::engine {

/// Looks again at what a plan rests on, and at nothing else.
planner::Recheck recheck(const Plan& plan, const Desired& desired, Seams& seams, const Limits& limits);

/// As prove(), for the resources of a saved plan alone: what else differs from the file is not its business.
void prove_plan(const Plan& plan, const Desired& desired, Seams& seams, const Limits& limits, Report& report);

}  // namespace kiln::engine
