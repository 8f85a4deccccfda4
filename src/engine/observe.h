#pragma once

#include "engine/announcer.h"
#include "engine/engine.h"
#include "engine/runner.h"

namespace kiln::engine {

/// As observe(), with the threads of a runner: tests bring their own.
Facts observe_with(const Desired& desired, const std::vector<Probe>& probes, Seams& seams,
                   const Limits& limits, Runner& runner);

}  // namespace kiln::engine
