#include "engine/schedule.h"

#include <algorithm>
#include <unordered_map>

#include "base/assert.h"

namespace kiln::engine {

Schedule::Schedule(const Plan& plan)
    : plan_(plan),
      dependents_(plan.steps.size()),
      open_needs_(plan.steps.size()),
      skipped_(plan.steps.size()) {
  std::unordered_map<std::string, std::size_t> places;
  for (std::size_t at = 0; at < plan.steps.size(); ++at) {
    for (const StepNeed& need : plan.steps[at].needs) {
      const auto place = places.find(need.step);
      // A plan's steps come after what they need.
      KILN_ASSERT(place != places.end());
      dependents_[place->second].push_back(at);
    }
    open_needs_[at] = plan.steps[at].needs.size();
    const bool fresh = places.emplace(plan.steps[at].id, at).second;
    KILN_ASSERT(fresh);
    if (open_needs_[at] == 0) make_ready(at);
  }
}

void Schedule::make_ready(std::size_t step) {
  const std::string& pool = plan_.steps[step].pool;
  if (!pool.empty() && busy_pools_.contains(pool))
    waiting_for_pool_[pool].insert(step);
  else
    ready_.insert(step);
}

std::optional<std::size_t> Schedule::next() {
  while (!ready_.empty()) {
    const std::size_t step = *ready_.begin();
    ready_.erase(ready_.begin());
    const std::string& pool = plan_.steps[step].pool;
    if (pool.empty()) return step;
    if (busy_pools_.insert(pool).second) return step;
    waiting_for_pool_[pool].insert(step);
  }
  return std::nullopt;
}

std::vector<Schedule::Skipped> Schedule::end(std::size_t step, bool done) {
  const std::string& pool = plan_.steps[step].pool;
  if (!pool.empty()) {
    busy_pools_.erase(pool);
    // All of them: the next one of the pool is the first in the order of the plan.
    ready_.merge(waiting_for_pool_[pool]);
    waiting_for_pool_.erase(pool);
  }
  if (!done) return skip_dependents_of(step);
  for (const std::size_t dependent : dependents_[step])
    if (--open_needs_[dependent] == 0 && !skipped_[dependent]) make_ready(dependent);
  return {};
}

std::vector<Schedule::Skipped> Schedule::skip_dependents_of(std::size_t failed) {
  std::vector<Skipped> skipped;
  std::vector<std::size_t> ahead{failed};
  while (!ahead.empty()) {
    const std::size_t step = ahead.back();
    ahead.pop_back();
    for (const std::size_t dependent : dependents_[step]) {
      if (skipped_[dependent]) continue;
      skipped_[dependent] = true;
      skipped.push_back({dependent, failed});
      ahead.push_back(dependent);
    }
  }
  std::ranges::sort(skipped, {}, &Skipped::step);
  return skipped;
}

}  // namespace kiln::engine
