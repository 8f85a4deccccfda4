#pragma once

#include "engine/engine.h"
#include "engine/waiter.h"

namespace kiln::engine {

/// Whoever has just raised a sequence number of OVN's sees it followed within a moment: where one is behind
/// it is looked at again, until it is not, or for some seconds. Facts of nothing else change.
void settle(const Desired& desired, Facts& facts, Seams& seams, const Limits& limits, Waiter& waiter);
void settle(const Desired& desired, Facts& facts, Seams& seams, const Limits& limits);

}  // namespace kiln::engine
