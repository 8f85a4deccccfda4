#pragma once

#include <atomic>

#include "engine/announcer.h"
#include "engine/cluster.h"
#include "engine/engine.h"
#include "engine/runner.h"

namespace kiln::engine {

/// What the work of one run is done with, shared by its threads. All outlive it.
struct Means {
  transport::Transport& transport;
  const Clock& clock;
  const Limits& limits;
  Journal* journal;  ///< may be null
  Announcer& announcer;
  Cluster& cluster;
  Waiter& waiter;
  const std::atomic<bool>& interrupted;  ///< what only waits ends
};

/// Sleeps, unless the run is interrupted meanwhile.
void pause(Duration duration, const Means& means);

}  // namespace kiln::engine
