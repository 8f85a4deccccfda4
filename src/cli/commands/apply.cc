#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/commands/commands.h"
#include "cli/interrupt.h"
#include "cli/planning.h"
#include "render/json_text.h"
#include "render/plan_text.h"
#include "render/report_json.h"
#include "render/report_text.h"

namespace kiln::cli {
namespace {

bool needs_authority(const Plan& plan) {
  const auto signs = [](const Action& action) {
    return std::holds_alternative<CreateAuthority>(action) ||
           std::holds_alternative<IssueCertificate>(action);
  };
  return std::ranges::any_of(plan.steps,
                             [&](const Step& step) { return std::ranges::any_of(step.actions, signs); });
}

/// Everything that must hold before the first change; done: it may begin.
ExitCode check_gates(const Plan& plan, const Arguments& arguments, Session& session, Screen& screen) {
  if (needs_authority(plan)) {
    if (const Result<> ready = session.authority().check_ready(); !ready) {
      screen.error(ready.error().text(), "nothing was changed");
      return ExitCode::failed;
    }
  }
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

/// The steps, then the proof.
Report converge(const Plan& plan, const Desired& desired, Session& session, Screen& screen) {
  const Interrupts interrupts(screen.progress_mode() == render::ProgressMode::live);
  Result<std::unique_ptr<engine::Journal>> journal = session.open_journal();
  if (!journal) screen.talk("warning: no journal: " + journal.error().text() + '\n');
  engine::Journal* const record = journal ? journal->get() : nullptr;
  session.progress().expect(plan);
  Report report =
      engine::execute(plan, desired, session.seams(), session.limits(), record, interrupts.asked());
  const bool complete = std::ranges::all_of(
      report.steps, [](const StepReport& step) { return step.status == StepStatus::done; });
  // What is not complete needs no proof, and waiting for its checks would only take time.
  if (complete && !report.interrupted) engine::prove(desired, session.seams(), session.limits(), report);
  session.progress().clear();
  return report;
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

ExitCode exit_code_of(const Report& report, const Plan& plan) {
  if (plan.deferred() > 0) return ExitCode::partly;
  switch (render::result_of(report)) {
    case render::RunResult::applied:
    case render::RunResult::nothing:
      return ExitCode::done;
    case render::RunResult::partly:
      return ExitCode::partly;
    case render::RunResult::unchanged:
      return report.interrupted ? ExitCode::partly : ExitCode::failed;
    case render::RunResult::check_failed:
      return ExitCode::failed;
  }
  return ExitCode::failed;
}

}  // namespace

ExitCode run_apply(const Arguments& arguments, World& world, Screen& screen) {
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
                                           : converge(plan, desired, session, screen);
  screen.result(arguments.json ? render::json_text(render::report_json(report, world.own_cpu()))
                               : render::report_text(report, screen.out_style(), arguments.verbose));
  if (plan.deferred() > 0) screen.talk(deferred_text(plan, screen.err_style()));
  return exit_code_of(report, plan);
}

}  // namespace kiln::cli
