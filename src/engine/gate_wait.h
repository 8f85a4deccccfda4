#pragma once

#include "base/error.h"
#include "engine/means.h"
#include "model/plan.h"

namespace kiln::engine {

/// Looks every gate_interval until the gate holds: what was seen then. timed_out at its deadline, failed when
/// it can never hold, or the run is interrupted; all say what was seen last. `id` is what the events are
/// about: a step or a check.
Result<std::string> wait_for(const Gate& gate, const std::string& id, const Means& means);

}  // namespace kiln::engine
