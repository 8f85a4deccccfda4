#pragma once

#include <vector>

#include "engine/means.h"

namespace kiln::engine {

/// How long a [[checks]] entry may take to come true.
inline constexpr Duration kCheckDeadline{30000};

/// Proves every [[checks]] entry, in the order of the file: "check/1", "check/2", …
std::vector<StepReport> run_checks(const Desired& desired, const Means& means, Runner& runner);

}  // namespace kiln::engine
