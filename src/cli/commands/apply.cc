#include <fmt/format.h>

#include "cli/carry_out.h"
#include "cli/commands/commands.h"
#include "cli/planning.h"
#include "cli/saved.h"
#include "render/plan_text.h"

namespace kiln::cli {
namespace {

/// Everything that must hold before the first change; done: it may begin.
ExitCode check_gates(const Plan& plan, const Arguments& arguments, Session& session, Screen& screen) {
  if (const ExitCode closed = check_authority(plan, session, screen); closed != ExitCode::done) return closed;
  if (arguments.auto_approve) return ExitCode::done;
  if (!screen.can_ask()) {
    screen.error("nobody to ask: this is not a terminal, and --auto-approve was not given",
                 "nothing was changed");
    return ExitCode::gate_closed;
  }
  const std::string steps =
      plan.steps.size() == 1 ? "this step" : fmt::format("these {} steps", plan.steps.size());
  if (screen.agreed(fmt::format("Apply {} to {}? [y/N] ", steps, plan.cluster))) return ExitCode::done;
  screen.talk("not approved; nothing was changed\n");
  return ExitCode::gate_closed;
}

/// No step: the observation that says so is the proof. Where nothing was put off only the checks are left.
Report only_checks(const Plan& plan, const Desired& desired, Session& session, const Clock& clock) {
  Report report;
  report.plan_id = plan.id;
  const Duration started = clock.monotonic();
  for (const Change& change : plan.changes) report.remaining.push_back(change.id.text() + ": " + change.why);
  if (report.remaining.empty()) report.checks = engine::verify(desired, session.seams(), session.limits());
  report.took = clock.monotonic() - started;
  session.progress().clear();
  return report;
}

}  // namespace

ExitCode run_apply(const Arguments& arguments, World& world, Screen& screen) {
  if (is_saved_plan(arguments.file, world)) return run_apply_saved(arguments, world, screen);
  const std::optional<Wanted> wanted = load_wanted(arguments, world, screen);
  if (!wanted) return ExitCode::invalid;
  const Desired& desired = wanted->desired;
  // From here the file is right by itself. Hosts are only looked at.
  Session session(desired, world, arguments, screen);
  const Planning planning = make_planning(*wanted, session, screen);
  if (!planning.planned) return planning.code;
  const Plan& plan = planning.planned->plan;
  const render::Answers answers = answers_of(desired, planning.planned->facts);
  if (arguments.json) {
    screen.talk(render::plan_text(plan, answers, screen.err_style(), arguments.verbose));
  } else {
    screen.result(render::plan_text(plan, answers, screen.out_style(), arguments.verbose) + '\n');
  }
  // From here the person has seen everything that will be done.
  if (!plan.steps.empty())
    if (const ExitCode closed = check_gates(plan, arguments, session, screen); closed != ExitCode::done)
      return closed;
  // From here hosts are changed, by the steps of this plan and nothing else.
  const Report report = plan.steps.empty() ? only_checks(plan, desired, session, world.clock)
                                           : carry_out(plan, desired, Proof::whole_file, session, screen);
  const ExitCode code = show_report(report, arguments, world, screen);
  if (plan.deferred() == 0) return code;
  screen.talk(deferred_text(plan, screen.err_style()));
  return ExitCode::partly;
}

}  // namespace kiln::cli
