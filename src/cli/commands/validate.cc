#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands/commands.h"
#include "cli/session.h"

namespace kiln::cli {

ExitCode run_validate(const Arguments& arguments, World& world, Screen& screen) {
  const std::optional<Wanted> wanted = load_wanted(arguments, world, screen);
  if (!wanted) return ExitCode::invalid;
  if (screen.findings_for_programs()) return ExitCode::done;  // that there are none is the result
  const Desired& desired = wanted->desired;
  std::size_t ports = 0;
  for (const auto& [name, logical_switch] : desired.switches) ports += logical_switch.ports.size();
  screen.result(fmt::format("{}: valid: cluster {}, {}, {} with {}, {}, {}\n", arguments.file,
                            desired.cluster.name, count_of(desired.nodes.size(), "node", "nodes"),
                            count_of(desired.switches.size(), "switch", "switches"),
                            count_of(ports, "port", "ports"),
                            count_of(desired.workloads.size(), "workload", "workloads"),
                            count_of(desired.checks.size(), "check", "checks")));
  return ExitCode::done;
}

}  // namespace kiln::cli
