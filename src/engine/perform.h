#pragma once

#include "engine/means.h"
#include "model/plan.h"

namespace kiln::engine {

/// What became of one step.
struct Performed {
  std::string error;  ///< empty: it is done
  Duration took{};
};

/// Waits for the step's guards, carries out its actions in order, then waits for its gates in order. The
/// first error ends it.
Performed perform(const Step& step, const Means& means);

}  // namespace kiln::engine
