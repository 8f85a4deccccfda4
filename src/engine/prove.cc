#include "engine/prove.h"

#include <algorithm>

#include "base/text.h"
#include "engine/checks.h"
#include "engine/observe.h"
#include "engine/pending.h"
#include "engine/propagate.h"
#include "resources/in_the_way.h"

namespace kiln::engine {
namespace {

/// A standby ovn-northd is active within seconds, an ovn-controller that has lost its server asks again
/// after 8: once where nothing was done, and of each server that went where something was.
constexpr Duration kWorksDeadline{15000};
constexpr Duration kWorksAfterSteps{60000};
/// Where members elect a leader, ovn-northd asks for its lock again after that.
constexpr int kElections = 2;
constexpr Duration kLookAgainAfter{2000};

std::string text_of(const AttributeChange& attribute) {
  const std::string from = attribute.from ? kiln::to_text(*attribute.from) : "not there";
  const std::string to = attribute.to ? kiln::to_text(*attribute.to) : "not wanted";
  return attribute.path + ": " + from + " -> " + to;
}

std::string text_of(const Change& change) {
  const std::string where = change.id.text() + " on " + change.host + ": ";
  if (change.verb == Verb::defer) return where + change.why;
  std::vector<std::string> attributes;
  for (const AttributeChange& attribute : change.attributes) attributes.push_back(text_of(attribute));
  return where + (attributes.empty() ? std::string(to_string(change.verb)) : join(attributes, "; "));
}

struct LookedAgain {
  std::vector<std::string> remaining;
  std::size_t by_hand = 0;  ///< of them
  Desired desired;          ///< with former nodes
  Facts facts;
};

/// A fresh observation: what it differs in, and what does not work. Daemons that were just started may still
/// be about to.
LookedAgain look_again(const Desired& desired, Seams& seams, const Limits& limits, Waiter& waiter,
                       const std::vector<StepReport>& steps) {
  const Duration start = seams.clock.monotonic();
  for (;;) {
    Result<Planned> planned = plan(desired, seams, limits);
    if (!planned) return {.remaining = {planned.error().text()}, .desired = {}, .facts = {}};
    std::vector<std::string> remaining = remaining_of(planned->plan);
    auto by_hand = static_cast<std::size_t>(
        std::ranges::count(planned->plan.troubles, Passing::by_hand, &Trouble::passing));
    for (const Diag& diag : planned->diags.all()) {
      if (diag.severity != Severity::error) continue;
      remaining.push_back(diag.message);
      ++by_hand;
    }
    const bool may_work_soon = planned->plan.empty() && remaining.size() == planned->plan.troubles.size();
    if (remaining.empty() || !may_work_soon ||
        seams.clock.monotonic() - start >= patience(planned->plan, desired, steps))
      return {.remaining = std::move(remaining),
              .by_hand = by_hand,
              .desired = std::move(planned->desired),
              .facts = std::move(planned->facts)};
    waiter.sleep(kLookAgainAfter);
  }
}

/// Why pings were not answered, as far as a look shows it.
void explain_failures(const Desired& desired, Seams& seams, const Limits& limits, Runner& runner,
                      std::vector<StepReport>& reports) {
  if (std::ranges::all_of(reports,
                          [](const StepReport& report) { return report.status == StepStatus::done; }))
    return;
  const Facts facts = observe_with(desired, plan_probes(desired), seams, limits, runner);
  std::vector<std::string> unplaced;
  const resources::Placement placement = resources::place(desired, facts, unplaced);
  const resources::Context context(desired, placement, facts);
  for (StepReport& report : reports) {
    if (report.status == StepStatus::done) continue;
    const CheckSpec* check = check_of(desired, report.step);
    const auto found = check ? resources::in_the_way(context, *check) : std::vector<std::string>{};
    if (!found.empty()) report.text += "; in its way: " + join(found, "; ");
  }
}

}  // namespace

Duration patience(const Plan& plan, const Desired& desired, const std::vector<StepReport>& steps) {
  const auto any = [&](auto is) { return std::ranges::any_of(plan.troubles, is); };
  const auto has_just_begun = [&](const Trouble& trouble) {
    return trouble.passing == Passing::after_steps &&
           std::ranges::any_of(steps, [&](const StepReport& step) {  // rows are taken up everywhere
             return step.host == trouble.host || step.host == kCluster;
           });
  };
  const bool soon = any([](const Trouble& trouble) { return trouble.passing == Passing::soon; });
  if (!soon && !any(has_just_begun)) return Duration{0};
  if (!steps.empty()) return kWorksAfterSteps;
  const bool electing = any([](const Trouble& trouble) {
    return trouble.resource.kind == "database" || trouble.resource.kind == "northd";
  });
  return kWorksDeadline +
         Duration{electing ? std::int64_t{kElections} * desired.central.election_timer_ms : 0};
}

std::vector<std::string> remaining_of(const Plan& plan) {
  std::vector<std::string> remaining;
  for (const Change& change : plan.changes) remaining.push_back(text_of(change));
  for (const Trouble& trouble : plan.troubles)
    remaining.push_back(to_text(trouble) + "; to mend it: " + trouble.mend);
  return remaining;
}

std::vector<StepReport> verify_with(const Desired& desired, Seams& seams, const Limits& limits,
                                    Runner& runner, Waiter& waiter, Duration deadline) {
  Announcer announcer(seams.events, seams.clock);
  Cluster cluster(desired, seams.transport, limits.look_timeout);
  const std::atomic<bool> interrupted{false};
  const Means means{seams.transport, seams.clock, limits, nullptr, announcer, cluster, waiter, interrupted};
  std::vector<StepReport> reports = run_checks(desired, means, runner, deadline);
  explain_failures(desired, seams, limits, runner, reports);
  return reports;
}

std::vector<StepReport> verify(const Desired& desired, Seams& seams, const Limits& limits) {
  ThreadRunner runner;
  ThreadWaiter waiter;
  return verify_with(desired, seams, limits, runner, waiter, kCheckDeadline);
}

void add_checks(const Desired& desired, Seams& seams, const Limits& limits, Duration start, Report& report) {
  ThreadRunner runner;
  ThreadWaiter waiter;
  report.checks = verify_with(desired, seams, limits, runner, waiter,
                              report.remaining.empty() ? kCheckDeadline : kUnfinishedCheckDeadline);
  const Duration took = seams.clock.monotonic() - start;
  report.took += took;
  report.waited_for_hosts += took;
}

void prove(const Desired& desired, Seams& seams, const Limits& limits, Report& report) {
  const Duration start = seams.clock.monotonic();
  ThreadWaiter waiter;
  LookedAgain looked = look_again(desired, seams, limits, waiter, report.steps);
  report.remaining = std::move(looked.remaining);
  report.by_hand = looked.by_hand;
  // The hosts differ in nothing from the file, or it is said in what.
  if (report.wrote_northbound)
    for (std::string& line : propagate_to_all(looked.desired, looked.facts, seams, limits, waiter))
      report.remaining.push_back(std::move(line));
  // What was written is in the flows of every chassis that works, or it is said where not.
  add_checks(desired, seams, limits, start, report);
}

}  // namespace kiln::engine
