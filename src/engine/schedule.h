#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/plan.h"

namespace kiln::engine {

/// Which step may start, as others end. Pure: no thread, no clock. Steps are named by their place in the
/// plan.
///
///     waiting ──all needs done──▶ ready ──next()──▶ running ──end(done)──▶ done
///        │                                             └─────end(failed)──▶ failed
///        └──────────a need failed or was skipped──▶ skipped
class Schedule {
 public:
  explicit Schedule(const Plan& plan);

  /// Takes the first step of the plan that is ready and whose pool is free; it is running from now on.
  std::optional<std::size_t> next();

  struct Skipped {
    std::size_t step;
    std::size_t because;  ///< the step that failed, perhaps steps away
  };
  /// Ends a running step and gives its pool back. After a failure: every step that can no longer run.
  std::vector<Skipped> end(std::size_t step, bool done);

 private:
  std::vector<Skipped> skip_dependents_of(std::size_t failed);

  const Plan& plan_;
  std::vector<std::vector<std::size_t>> dependents_;
  std::vector<std::size_t> open_needs_;
  std::vector<bool> skipped_;
  std::set<std::size_t> ready_;  ///< with no pool, or with one that is free
  std::map<std::string, std::set<std::size_t>> waiting_for_pool_;
  std::set<std::string> busy_pools_;

  void make_ready(std::size_t step);
};

}  // namespace kiln::engine
