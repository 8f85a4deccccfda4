#include "cli/session.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.h"
#include "config/load.h"

namespace kiln::cli {

Session::Session(const Desired& desired, World& world, const Arguments& arguments, Screen& screen)
    : desired_(desired),
      world_(world),
      authority_(desired.ca, world.files, world.random, world.clock),
      transport_(world.make_transport(desired, authority_)),
      progress_(world.err.stream, screen.err_style(), screen.progress_mode(), arguments.verbose),
      seams_{*transport_, world.clock, world.random, progress_} {
  limits_.parallel_hosts = arguments.parallelism;
}

Result<std::unique_ptr<engine::Journal>> Session::open_journal() const {
  static engine::SystemAuditLog system_log;
  engine::AuditLog* const audit = desired_.audit.enabled ? &system_log : nullptr;
  return engine::Journal::open(journal_of(desired_, world_), world_.clock, world_.random, audit);
}

std::string journal_of(const Desired& desired, const World& world) {
  std::string state_home = world.environment("XDG_STATE_HOME");
  if (state_home.empty()) state_home = world.environment("HOME") + "/.local/state";
  return engine::journal_path(desired.cluster.name, state_home);
}

namespace {

/// Whether the nodes that --node and --exclude name are in the file.
bool scope_fits(const Desired& desired, const Arguments& arguments, Screen& screen) {
  std::vector<std::string> known;
  for (const auto& [name, node] : desired.nodes) known.push_back(name);
  for (const auto& [name, node] : desired.dead) known.push_back(name);
  for (const auto* names : {&arguments.nodes, &arguments.excluded})
    for (const std::string& name : *names) {
      if (std::ranges::find(known, name) != known.end()) continue;
      const std::vector<std::string> near = near_names(name, known);
      screen.error("no node `" + name + "` in " + arguments.file +
                       (near.empty() ? "" : "; did you mean `" + near.front() + "`?"),
                   "nothing was changed");
      return false;
    }
  return true;
}

}  // namespace

std::optional<Wanted> load_wanted(const Arguments& arguments, World& world, Screen& screen) {
  config::Loaded loaded = config::load(arguments.file, world.files);
  const bool good = !loaded.diags.has_errors() && loaded.desired;
  const bool more_may_come = good && screen.findings_for_programs() && arguments.command != Command::validate;
  if (more_may_come)
    screen.hold(std::move(loaded.diags));
  else
    screen.findings(loaded.diags, loaded.sources);
  if (!good || !scope_fits(*loaded.desired, arguments, screen)) return std::nullopt;
  loaded.desired->scope = {arguments.nodes, arguments.excluded};
  loaded.desired->purge = arguments.purge;
  return Wanted{std::move(*loaded.desired), std::move(loaded.sources)};
}

render::Answers answers_of(const Desired& desired, const Facts& facts) {
  std::set<HostName> answered;
  for (const auto& [probe, fact] : facts.all())
    if (!std::holds_alternative<Unknown>(fact)) answered.insert(probe.host);
  render::Answers answers{desired.nodes.size(), {}};
  for (const auto& [name, node] : desired.nodes)
    if (!answered.contains(name)) answers.silent.push_back(name);
  return answers;
}

}  // namespace kiln::cli
