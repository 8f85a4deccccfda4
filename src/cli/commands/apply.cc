#include "cli/carry_out.h"
#include "cli/commands/commands.h"
#include "cli/last_backup.h"
#include "cli/rounds.h"
#include "cli/saved.h"

namespace kiln::cli {

ExitCode run_apply(const Arguments& arguments, World& world, Screen& screen) {
  if (is_saved_plan(arguments.file, world)) return run_apply_saved(arguments, world, screen);
  const std::optional<Wanted> wanted = load_wanted(arguments, world, screen);
  if (!wanted) return ExitCode::invalid;
  const Gates gates = [&](const engine::Planned& planned, Session& session, bool approved) {
    if (const ExitCode closed = check_new_database(planned.plan, arguments, screen); closed != ExitCode::done)
      return closed;
    if (const ExitCode closed =
            check_apply(planned.plan, planned.desired, arguments, session, screen, approved);
        closed != ExitCode::done)
      return closed;
    return back_up_what_ends(planned.plan, planned.desired, arguments, world, session, screen);
  };
  return apply_in_rounds(*wanted, "apply", gates, arguments, world, screen);
}

}  // namespace kiln::cli
