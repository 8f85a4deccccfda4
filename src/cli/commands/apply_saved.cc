#include <nlohmann/json.hpp>

#include "cli/carry_out.h"
#include "cli/commands/commands.h"
#include "cli/last_backup.h"
#include "cli/lease.h"
#include "cli/saved.h"
#include "engine/former_nodes.h"
#include "engine/recheck.h"
#include "render/json_text.h"
#include "render/plan_text.h"
#include "render/stale.h"

namespace kiln::cli {

ExitCode run_apply_saved(const Arguments& arguments, World& world, Screen& screen) {
  const bool of_file = arguments.purge || arguments.new_authority || arguments.new_database;
  if (!arguments.nodes.empty() || !arguments.excluded.empty() || of_file) {
    screen.error(of_file ? std::string("a saved plan is carried out as it is: --") +
                               (arguments.purge           ? "purge"
                                : arguments.new_authority ? "new-authority"
                                                          : "new-database") +
                               " is for an apply of the file"
                         : "a saved plan is carried out whole: give --node and --exclude to `kiln plan -o`",
                 "nothing was changed");
    return ExitCode::usage;
  }
  const std::optional<render::SavedPlan> saved = load_saved(arguments.file, world, screen);
  if (!saved) return ExitCode::invalid;
  std::optional<Wanted> wanted = wanted_of(*saved, screen);
  if (!wanted) return ExitCode::invalid;
  ask_the_journal(wanted->desired, world);
  Session session(wanted->desired, world, arguments, screen);
  const auto refuse = [&](const std::vector<planner::Stale>& stale) {
    screen.talk(render::stale_text(stale, screen.err_style()));
    screen.talk("make a new one: kiln plan -o " + arguments.file + ' ' + saved->file + '\n');
    if (arguments.json) screen.result(render::json_text(render::stale_json(saved->plan.id, stale)));
    return ExitCode::stale;
  };
  if (const auto edited = planner::edited(saved->plan); !edited.empty()) return refuse(edited);
  const Desired desired = engine::find_former_nodes(wanted->desired, session.seams(), session.limits());
  // The plan may be about nodes that the file no longer has: they can be reached.
  const planner::Recheck now = engine::recheck(saved->plan, desired, session.seams(), session.limits());
  session.progress().clear();
  if (!now.stale.empty()) return refuse(now.stale);
  // From here every fact that the plan rests on is as it was, or already as it is to become.
  Plan plan = planner::without(saved->plan, now.satisfied);
  const std::string shown = render::plan_text(plan, saved->answers, screen.err_style(), arguments.verbose);
  if (!plan.steps.empty()) screen.talk(shown + '\n');
  if (const ExitCode closed = check_last_central(saved->plan, screen); closed != ExitCode::done)
    return closed;
  if (const ExitCode closed = check_budget(saved->plan, desired, arguments, screen); closed != ExitCode::done)
    return closed;
  if (const ExitCode closed = check_authority(plan, session, screen); closed != ExitCode::done) return closed;
  if (!plan.steps.empty()) {
    if (const ExitCode held = take_lease(plan, desired, "apply", arguments, session, screen);
        held != ExitCode::done)
      return held;
    // Another run may have been quicker with the lease.
    const planner::Recheck again = engine::recheck(plan, desired, session.seams(), session.limits());
    session.progress().clear();
    if (!again.stale.empty()) return refuse(again.stale);
    plan = planner::without(plan, again.satisfied);
  }
  if (const ExitCode closed = back_up_what_ends(plan, desired, arguments, world, session, screen);
      closed != ExitCode::done)
    return closed;
  // Who saved the plan has seen it: it is the approval. From here hosts are changed, by its steps alone.
  const Report report = carry_out(plan, desired, "apply", Proof::this_plan, session, screen);
  const ExitCode code = show_report(report, arguments, world, screen);
  return code == ExitCode::done ? show_deferred(plan, code, screen) : code;
}

}  // namespace kiln::cli
