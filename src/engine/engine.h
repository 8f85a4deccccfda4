#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/seams.h"
#include "model/event.h"
#include "model/fact.h"
#include "model/plan.h"
#include "model/spec.h"
#include "transport/transport.h"

/// The only place that makes things happen: observe, execute, prove.

namespace kiln::engine {

/// What a run has to do with. All outlive it.
struct Seams {
  transport::Transport& transport;
  const Clock& clock;
  Random& random;
  Events& events;
};

struct Limits {
  std::size_t parallel_hosts = 16;  ///< hosts that are looked at or changed at once
  Duration look_timeout{20000};
  Duration gate_interval{200};  ///< between two looks of a gate
};

/// Looks at everything that planning needs, all hosts in parallel; hosts that do not answer leave Unknown
/// facts. Rows of kCluster are read from the leader, else from a connected member. They are Absent if every
/// central answered, none serves the database and none has a file whose server has run; else Unknown.
Facts observe(const Desired& desired, const std::vector<Probe>& probes, Seams& seams, const Limits& limits);

/// Observe, then plan.
struct Planned {
  Desired desired;  ///< what the file says, and the nodes that it no longer has: the plan is of these
  Facts facts;
  Plan plan;
  Diags diags;  ///< what only the hosts can tell is wrong with the file; errors: nothing may be applied
};
Result<Planned> plan(const Desired& desired, Seams& seams, const Limits& limits);

/// Carries out a plan: starts every step whose needs are done (one at a time in a pool), waits for one,
/// again. A failed step stops what needs it and nothing else. `interrupted` set: what runs is finished,
/// nothing new is started. `journal` may be null; `command` is what it says that was run.
class Journal;
Report execute(const Plan& plan, const Desired& desired, Seams& seams, const Limits& limits, Journal* journal,
               const std::atomic<bool>& interrupted, const std::string& command = "apply");

/// After the steps: a fresh observation must differ in nothing (Report::remaining), OVN takes up what was
/// written (Report::wrote_northbound), then every [[checks]] entry is proven within its deadline
/// (Report::checks).
void prove(const Desired& desired, Seams& seams, const Limits& limits, Report& report);

/// Only the checks: `kiln verify`.
std::vector<StepReport> verify(const Desired& desired, Seams& seams, const Limits& limits);

}  // namespace kiln::engine
