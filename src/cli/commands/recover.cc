#include "planner/recover.h"

#include <fmt/format.h>

#include <functional>

#include "cli/carry_out.h"
#include "cli/commands/commands.h"
#include "cli/interrupt.h"
#include "cli/lease.h"
#include "cli/rounds.h"
#include "engine/runner.h"
#include "render/recovery_text.h"

namespace kiln::cli {
namespace {

/// Who was switched off just now was heard lately: looks again once nobody can have heard them any more.
planner::Recovery wait_for_silence(const planner::Recovery& heard,
                                   const std::function<planner::Recovery()>& plan, Screen& screen) {
  for (const std::string& refusal : heard.refusals) screen.talk(refusal + '\n');
  screen.talk(fmt::format("looking again in {} s\n", heard.patience.count() / 1000 + 1));
  engine::ThreadWaiter().sleep(heard.patience);
  return plan();
}

/// The surgery on files, in a session of its own: the apply that follows looks at everything anew.
ExitCode make_anew(const Wanted& wanted, const Arguments& arguments, World& world, Screen& screen) {
  const Desired& desired = wanted.desired;
  const Database database = *arguments.database;
  Session session(desired, world, arguments, screen);
  const auto plan = [&] {
    const Facts facts = engine::observe(desired, planner::recovery_probes(desired, database), session.seams(),
                                        session.limits());
    session.progress().clear();
    return planner::plan_recovery(desired, facts, database, arguments.forgotten);
  };
  planner::Recovery recovery = plan();
  if (recovery.patience > Duration{0}) recovery = wait_for_silence(recovery, plan, screen);
  if (!recovery.refusals.empty()) {
    screen.error(render::refusals_text(recovery, database), "nothing was changed");
    return ExitCode::gate_closed;
  }
  if (recovery.apply_only) return ExitCode::done;
  screen.talk(render::recovery_text(recovery, database, screen.err_style()) + '\n');
  // From here the person has seen what may be lost.
  const std::string question = "Make " + std::string(schema_name(database)) + " of " + desired.cluster.name +
                               " anew, from " + recovery.survivors.front().node + "? [y/N] ";
  if (const ExitCode closed = check_approval(question, arguments, screen); closed != ExitCode::done)
    return closed;
  if (const ExitCode held = take_lease(recovery.plan, desired, "recover", arguments, session, screen);
      held != ExitCode::done)
    return held;
  // While somebody was asked, or another run was at work, the members may have become others.
  if (const planner::Recovery now = plan(); !(now == recovery)) {
    screen.error(now.refusals.empty() ? "the members changed in the meantime: run it again"
                                      : render::refusals_text(now, database),
                 "nothing was changed");
    return now.refusals.empty() ? ExitCode::stale : ExitCode::gate_closed;
  }
  const Interrupts interrupts(screen.progress_mode() == render::ProgressMode::live);
  const Report report =
      run_steps(recovery.plan, desired, "recover", session.progress(), interrupts.asked(), session, screen);
  if (all_done(report.steps)) return ExitCode::done;
  const ExitCode code = show_report(report, arguments, world, screen);
  return code == ExitCode::done ? ExitCode::partly : code;
}

}  // namespace

ExitCode run_recover(const Arguments& arguments, World& world, Screen& screen) {
  const std::optional<Wanted> wanted = load_wanted(arguments, world, screen);
  if (!wanted) return ExitCode::invalid;
  if (const ExitCode code = make_anew(*wanted, arguments, world, screen); code != ExitCode::done) return code;
  screen.talk("the new cluster runs; what follows is an apply\n\n");
  const Gates gates = [&](const engine::Planned& planned, Session& session, bool approved) {
    return check_apply(planned.plan, planned.desired, arguments, session, screen, approved);
  };
  const ExitCode code = apply_in_rounds(*wanted, "apply", gates, arguments, world, screen);
  // The recovery itself was done: what is left is an apply's.
  const bool nothing_else =
      code == ExitCode::gate_closed || code == ExitCode::lease_held || code == ExitCode::stale;
  return nothing_else ? ExitCode::partly : code;
}

}  // namespace kiln::cli
