#include "cli/commands/commands.h"
#include "cli/rounds.h"
#include "config/leaving.h"

namespace kiln::cli {
namespace {

/// Whoever destroys a deployment says its name, here or on the command line.
ExitCode check_name(const std::string& cluster, const Arguments& arguments, Screen& screen) {
  std::string name = arguments.cluster;
  if (name.empty() && !screen.can_ask()) {
    screen.error("nobody to ask: this is not a terminal, and --name was not given", "nothing was changed");
    return ExitCode::gate_closed;
  }
  if (name.empty())
    name = screen.answer_to("All of this goes. Type the cluster's name, " + cluster + ", if it is meant: ");
  if (name == cluster) return ExitCode::done;
  screen.error("`" + name + "` is not the cluster's name, which is `" + cluster + '`', "nothing was changed");
  return ExitCode::gate_closed;
}

}  // namespace

ExitCode run_destroy(const Arguments& arguments, World& world, Screen& screen) {
  std::optional<Wanted> wanted = load_wanted(arguments, world, screen);
  if (!wanted) return ExitCode::invalid;
  wanted->desired = config::taken_out(std::move(wanted->desired));
  // From here the file wants nothing, and whatever kiln made is found by its marks.
  const Gates gates = [&](const Plan&, Session&) {
    return check_name(wanted->desired.cluster.name, arguments, screen);
  };
  return apply_in_rounds(*wanted, gates, arguments, world, screen);
}

}  // namespace kiln::cli
