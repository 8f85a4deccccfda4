#include "cli/carry_out.h"
#include "cli/commands/commands.h"
#include "cli/last_backup.h"
#include "cli/rounds.h"
#include "config/leaving.h"

namespace kiln::cli {

ExitCode run_destroy(const Arguments& arguments, World& world, Screen& screen) {
  std::optional<Wanted> wanted = load_wanted(arguments, world, screen);
  if (!wanted) return ExitCode::invalid;
  wanted->desired = config::taken_out(std::move(wanted->desired));
  // From here the file wants nothing, and whatever kiln made is found by its marks.
  const Gates gates = [&](const engine::Planned& planned, Session& session, bool) {
    const std::string& cluster = wanted->desired.cluster.name;
    if (const ExitCode closed = check_name(
            cluster, "All of this goes. Type the cluster's name, " + cluster + ", if it is meant: ",
            arguments, screen);
        closed != ExitCode::done)
      return closed;
    return back_up_what_ends(planned.plan, planned.desired, arguments, world, session, screen);
  };
  return apply_in_rounds(*wanted, "destroy", gates, arguments, world, screen);
}

}  // namespace kiln::cli
