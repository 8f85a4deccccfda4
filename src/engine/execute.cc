#include "engine/execute.h"

#include <algorithm>

#include "engine/journal.h"
#include "engine/means.h"
#include "engine/perform.h"
#include "engine/propagate.h"
#include "engine/schedule.h"
#include "transport/guard.h"

namespace kiln::engine {
namespace {

Report empty_report(const Plan& plan) {
  Report report;
  report.plan_id = plan.id;
  for (const Step& step : plan.steps)
    report.steps.push_back({.step = step.id,
                            .host = step.host,
                            .title = step.title,
                            .status = StepStatus::not_started,
                            .text = {},
                            .took = {}});
  return report;
}

/// The loop of ninja: start what is ready, wait for one, again.
class Execution {
 public:
  Execution(const Plan& plan, const Means& means, Runner& runner, Report& report)
      : plan_(plan),
        means_(means),
        runner_(runner),
        report_(report),
        schedule_(plan),
        performed_(plan.steps.size()) {}

  void run(const std::atomic<bool>& interrupted) {
    means_.announcer.say({}, RunStarted{plan_.steps.size()});
    while (true) {
      start_what_is_ready(interrupted);
      if (running_ == 0) break;
      const Duration start = means_.clock.monotonic();
      const std::size_t ended = runner_.wait_for_one();
      report_.waited_for_hosts += means_.clock.monotonic() - start;
      --running_;
      take_in(ended);
    }
    const auto count = [&](StepStatus status) {
      return static_cast<std::size_t>(std::ranges::count(report_.steps, status, &StepReport::status));
    };
    means_.announcer.say({}, RunEnded{.done = count(StepStatus::done),
                                      .failed = count(StepStatus::failed),
                                      .skipped = count(StepStatus::skipped)});
  }

 private:
  void start_what_is_ready(const std::atomic<bool>& interrupted) {
    while (running_ < std::max<std::size_t>(1, means_.limits.parallel_hosts) && !interrupted.load()) {
      const std::optional<std::size_t> next = schedule_.next();
      if (!next) return;
      const Step& step = plan_.steps[*next];
      means_.announcer.say(step.host, StepStarted{step.id});
      ++running_;
      runner_.start(*next,
                    [this, &step, &performed = performed_[*next]] { performed = perform(step, means_); });
    }
  }

  void take_in(std::size_t at) {
    const Step& step = plan_.steps[at];
    const Performed& performed = performed_[at];
    StepReport& line = report_.steps[at];
    line.took = performed.took;
    line.text = performed.error;
    const bool done = performed.error.empty();
    line.status = done ? StepStatus::done : StepStatus::failed;
    if (done)
      means_.announcer.say(step.host, StepDone{.step = step.id, .took = performed.took});
    else
      means_.announcer.say(step.host, StepFailed{.step = step.id, .error = performed.error});
    for (const Schedule::Skipped& skipped : schedule_.end(at, done)) {
      StepReport& other = report_.steps[skipped.step];
      other.status = StepStatus::skipped;
      other.text = "because " + plan_.steps[skipped.because].id + " failed";
      means_.announcer.say(other.host, StepSkipped{.step = other.step, .because = other.text});
    }
  }

  const Plan& plan_;
  const Means& means_;
  Runner& runner_;
  Report& report_;
  Schedule schedule_;
  std::vector<Performed> performed_;  ///< written by the step's thread, read after it has ended
  std::size_t running_ = 0;
};

}  // namespace

Report execute_with(const Plan& plan, const Desired& desired, Seams& seams, const Limits& limits,
                    Journal* journal, const std::atomic<bool>& interrupted, Runner& runner, Waiter& waiter,
                    const std::string& command) {
  const Duration start = seams.clock.monotonic();
  const std::uint64_t mutations = seams.transport.counters().mutations;
  Announcer announcer(seams.events, seams.clock);
  Cluster cluster(desired, seams.transport, limits.look_timeout, leaving_hosts(desired, plan));
  transport::Guard guard(seams.transport, plan);
  const Means means{guard, seams.clock, limits, journal, announcer, cluster, waiter, interrupted};
  Report report = empty_report(plan);
  if (journal) journal->begin_run(plan, command);
  seams.transport.give_up_on(&interrupted);
  Execution(plan, means, runner, report).run(interrupted);
  seams.transport.give_up_on(nullptr);
  report.interrupted = interrupted.load();
  report.wrote_northbound = wrote_northbound(plan, report);
  report.mutations = seams.transport.counters().mutations - mutations;
  report.took = seams.clock.monotonic() - start;
  if (journal) journal->end_run(report);
  return report;
}

Report execute(const Plan& plan, const Desired& desired, Seams& seams, const Limits& limits, Journal* journal,
               const std::atomic<bool>& interrupted, const std::string& command) {
  ThreadRunner runner;
  ThreadWaiter waiter;
  return execute_with(plan, desired, seams, limits, journal, interrupted, runner, waiter, command);
}

}  // namespace kiln::engine
