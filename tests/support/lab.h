#pragma once

#include <string>
#include <vector>

#include "engine/engine.h"
#include "planner/recheck.h"
#include "support/fake_cluster.h"

namespace kiln::test {

/// A deployment of `nodes` nodes n1, n2, …, as a file would have it: services by themselves, up to three
/// centrals, a switch with a workload on each node, and a second switch whose only port is disabled.
Desired deployment(int nodes);
/// n2's tunnel endpoint becomes the address of a userspace bridge `br-phys` on eth2.
void add_userspace_bridge(Desired& desired);
/// A workload `name` on a port of ls1 that is made for it.
void add_workload(Desired& desired, const std::string& name, const std::string& node);
/// Explicit services: these nodes are centrals, in the order of their names.
void set_centrals(Desired& desired, const std::vector<std::string>& nodes);

/// `state = "absent"`, as a file would have it.
void leave(NodeSpec& node);

/// As engine::plan does it, without its threads: hosts are asked in the order that the runner decides.
engine::Planned plan_as(const Desired& desired, engine::Seams& seams, engine::Runner& runner,
                        const engine::Limits& limits = {});

/// One deployment on its fake cluster, planned and applied as the program does it, step after step in an
/// order that the seed decides.
class Lab {
 public:
  explicit Lab(Desired wanted, std::uint64_t seed = 1)
      : desired(std::move(wanted)), cluster(desired, seed), seed_(seed) {}
  /// Goes on from what was left of another.
  Lab(Desired wanted, const FakeCluster& left, std::uint64_t seed = 1)
      : desired(std::move(wanted)), cluster(left), seed_(seed) {}

  Desired desired;
  FakeCluster cluster;

  /// Asserts that it can be planned.
  engine::Planned plan();
  /// By engine::plan itself: the same.
  engine::Planned plan_with_threads();
  /// Throws Killed where a fault says so. The oracle expects what is in the plan and nothing else.
  Report execute(const Plan& plan, engine::Journal* journal = nullptr);
  /// Plan and execute.
  Report apply() { return execute(plan().plan); }
  /// As `kiln recover` does it before its apply: why not, or "".
  std::string recover(Database database, const std::vector<std::string>& forgotten = {});
  /// As `kiln reboot` does it: why not, or which steps failed, or "".
  std::string reboot(const Scope& scope = {});
  /// [[checks]].
  std::vector<StepReport> verify();
  /// What became of the facts that a saved plan rests on.
  planner::Recheck recheck(const Plan& plan);
  /// Changes of a fresh plan, "kind/name verb: path, path".
  std::vector<std::string> remaining();

 private:
  engine::Seams seams() { return {cluster, cluster.time(), cluster.random(), events_}; }
  NoEvents events_;
  engine::Limits limits_;
  std::uint64_t seed_;
  Desired whole_;  ///< what the last plan was made of
};

/// "kind/name verb: path, path (why)", one for each change.
std::vector<std::string> changes_of(const Plan& plan);
/// Step ids with this status.
std::vector<std::string> steps_with(const Report& report, StepStatus status);

/// What the run left, as text: rows by name instead of uuid, certificates by shape, no dates and no ids that
/// depend on when and in which order things happened.
std::string end_state(const FakeCluster& cluster);

}  // namespace kiln::test
