#include "planner/reboot.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "cli/carry_out.h"
#include "cli/commands/commands.h"
#include "cli/interrupt.h"
#include "cli/lease.h"
#include "cli/planning.h"
#include "render/reboot_text.h"

namespace kiln::cli {
namespace {

/// Nodes that are as they were when it began.
std::vector<HostName> not_rebooted(const planner::RollingReboot& reboot, const Report& report) {
  std::vector<HostName> nodes;
  for (const HostName& node : reboot.order) {
    const auto step = std::ranges::find(report.steps, planner::reboot_step_id(node), &StepReport::step);
    if (step == report.steps.end() || step->status != StepStatus::done) nodes.push_back(node);
  }
  return nodes;
}

}  // namespace

ExitCode run_reboot(const Arguments& arguments, World& world, Screen& screen) {
  std::optional<Wanted> wanted = load_wanted(arguments, world, screen);
  if (!wanted) return ExitCode::invalid;
  // The options say who is rebooted; whether all is well is a question to every node.
  const Scope scope = std::exchange(wanted->desired.scope, {});
  const Desired& desired = wanted->desired;
  Session session(desired, world, arguments, screen);
  Planning planning = make_planning(*wanted, session, screen);
  if (!planning.planned) return planning.code;
  const auto plan = [&] {
    return planner::plan_reboot(desired, planning.planned->facts, planning.planned->plan, scope);
  };
  const planner::RollingReboot reboot = plan();
  if (!reboot.refusals.empty()) {
    screen.error(render::reboot_refusals_text(reboot), "nothing was changed");
    return ExitCode::gate_closed;
  }
  screen.talk(render::reboot_text(reboot, screen.err_style()) + '\n');
  const std::string question = "Reboot " + count_of(reboot.order.size(), "node", "nodes") + " of " +
                               desired.cluster.name + ", one after the other? [y/N] ";
  if (const ExitCode closed = check_approval(question, arguments, screen); closed != ExitCode::done)
    return closed;
  if (const ExitCode held = take_lease(reboot.plan, desired, "reboot", arguments, session, screen);
      held != ExitCode::done)
    return held;
  const bool moved = session.lease() && session.lease()->moved_since(planning.planned->facts);
  if (moved || screen.asked() > 0) {
    planning = make_planning(*wanted, session, screen);
    if (!planning.planned) return planning.code;
    if (const planner::RollingReboot now = plan(); !(now == reboot)) {
      screen.error(now.refusals.empty() ? "the nodes changed in the meantime: run it again"
                                        : render::reboot_refusals_text(now),
                   "nothing was changed");
      return ExitCode::stale;
    }
  }
  const Interrupts interrupts(screen.progress_mode() == render::ProgressMode::live);
  Report report =
      run_steps(reboot.plan, desired, "reboot", session.progress(), interrupts.asked(), session, screen);
  if (all_done(report.steps) && !report.interrupted) {
    engine::prove(desired, session.seams(), session.limits(), report);
    session.progress().clear();
  }
  const ExitCode code = show_report(report, arguments, world, screen);
  if (const std::vector<HostName> left = not_rebooted(reboot, report); !left.empty())
    screen.talk("to go on: kiln apply, then kiln reboot --node " + join(left, ",") + ' ' + arguments.file +
                '\n');
  return code;
}

}  // namespace kiln::cli
