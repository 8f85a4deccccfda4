#pragma once

#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/runner.h"

namespace kiln::engine {

/// What a plan still shows, one line for each change and each thing that does not work:
/// "chassis/n2 on n2: mtu: 1400 -> 1500".
std::vector<std::string> remaining_of(const Plan& plan);

/// How long what does not work is waited for after these steps: not at all where nothing but somebody's doing
/// ends it. Once there is a leader again members and ovn-northd find it.
Duration patience(const Plan& plan, const Desired& desired, const std::vector<StepReport>& steps);

/// Ends a proof that began at `start`: the checks, with little patience where the hosts differ from the file,
/// and the time that it took.
void add_checks(const Desired& desired, Seams& seams, const Limits& limits, Duration start, Report& report);

/// As verify(), with the threads and the sleep of the caller: tests bring their own.
std::vector<StepReport> verify_with(const Desired& desired, Seams& seams, const Limits& limits,
                                    Runner& runner, Waiter& waiter, Duration deadline);

}  // namespace kiln::engine
