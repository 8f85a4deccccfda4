#pragma once

#include "engine/engine.h"
#include "engine/runner.h"

namespace kiln::engine {

/// As execute(), with the threads and the sleep of the caller: tests bring their own.
Report execute_with(const Plan& plan, const Desired& desired, Seams& seams, const Limits& limits,
                    Journal* journal, const std::atomic<bool>& interrupted, Runner& runner, Waiter& waiter,
                    const std::string& command = "apply");

}  // namespace kiln::engine
