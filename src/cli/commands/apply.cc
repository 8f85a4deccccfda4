#include <fmt/format.h>

#include "base/text.h"
#include "cli/carry_out.h"
#include "cli/commands/commands.h"
#include "cli/rounds.h"
#include "cli/saved.h"

namespace kiln::cli {
namespace {

/// Everything that must hold before the first change; done: it may begin.
ExitCode check_gates(const Plan& plan, const Desired& desired, const Arguments& arguments, Session& session,
                     Screen& screen) {
  if (const ExitCode closed = check_last_central(plan, screen); closed != ExitCode::done) return closed;
  if (const ExitCode closed = check_budget(plan, desired, arguments, screen); closed != ExitCode::done)
    return closed;
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

}  // namespace

ExitCode run_apply(const Arguments& arguments, World& world, Screen& screen) {
  if (is_saved_plan(arguments.file, world)) return run_apply_saved(arguments, world, screen);
  const std::optional<Wanted> wanted = load_wanted(arguments, world, screen);
  if (!wanted) return ExitCode::invalid;
  const Gates gates = [&](const Plan& plan, Session& session) {
    return check_gates(plan, wanted->desired, arguments, session, screen);
  };
  return apply_in_rounds(*wanted, gates, arguments, world, screen);
}

}  // namespace kiln::cli
