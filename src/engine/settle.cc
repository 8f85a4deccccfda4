#include "engine/settle.h"

#include "engine/runner.h"
#include "resources/kinds.h"
#include "resources/works.h"

namespace kiln::engine {
namespace {

constexpr Duration kFollowedWithin{8000};
constexpr Duration kSettlePause{500};

bool behind(const Desired& desired, const Facts& facts) {
  std::vector<std::string> problems;  // planning says them
  const resources::Placement placement = resources::place(desired, facts, problems);
  return resources::any_behind(resources::Context(desired, placement, facts));
}

}  // namespace

void settle(const Desired& desired, Facts& facts, Seams& seams, const Limits& limits, Waiter& waiter) {
  const Duration start = seams.clock.monotonic();
  while (behind(desired, facts) && seams.clock.monotonic() - start < kFollowedWithin) {
    waiter.sleep(kSettlePause);
    Facts now = observe(desired, resources::sequence_probes(), seams, limits);
    for (const Probe& probe : resources::sequence_probes()) facts.set(probe, now.at(probe));
  }
}

void settle(const Desired& desired, Facts& facts, Seams& seams, const Limits& limits) {
  ThreadWaiter waiter;
  settle(desired, facts, seams, limits, waiter);
}

}  // namespace kiln::engine
