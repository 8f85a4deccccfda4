#pragma once

#include <vector>

#include "engine/means.h"

namespace kiln::engine {

/// How long a [[checks]] entry may take to come true.
inline constexpr Duration kCheckDeadline{30000};

/// The same where the hosts are known to differ from the file: what does not work is not waited for long.
inline constexpr Duration kUnfinishedCheckDeadline{3000};

/// Proves every [[checks]] entry, in the order of the file: "check/1", "check/2", …
std::vector<StepReport> run_checks(const Desired& desired, const Means& means, Runner& runner,
                                   Duration deadline);

/// The entry that a report of run_checks() is about, or null.
const CheckSpec* check_of(const Desired& desired, const std::string& step);

}  // namespace kiln::engine
