#include "cli/session.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.h"
#include "config/include.h"
#include "config/load.h"
#include "engine/journal_read.h"
#include "engine/lease_self.h"
#include "engine/remembered.h"

namespace kiln::cli {

Session::Session(const Desired& desired, World& world, const Arguments& arguments, Screen& screen)
    : desired_(desired),
      world_(world),
      authority_(desired.ca, world.files, world.random, world.clock),
      transport_(world.make_transport(desired, authority_)),
      progress_(world.err.stream, screen.err_style(), screen.progress_mode(), arguments.verbose),
      seams_{*transport_, world.clock, world.random, progress_},
      live_(screen.progress_mode() == render::ProgressMode::live) {
  limits_.parallel_hosts = arguments.parallelism;
}

Result<std::unique_ptr<engine::Journal>> Session::open_journal() const {
  static engine::SystemAuditLog system_log;
  engine::AuditLog* const audit = desired_.audit.enabled ? &system_log : nullptr;
  return engine::Journal::open(journal_of(desired_, world_), world_.clock, world_.random, audit,
                               engine::user_at_host());
}

std::optional<engine::LeaseRefusal> Session::take_lease(engine::LeaseSelf self, const Desired& desired,
                                                        Duration patience,
                                                        const std::function<void(const Lease&)>& waiting,
                                                        bool force) {
  self.run = world_.random.uuid().text();
  auto lease = std::make_unique<engine::HeldLease>(
      std::move(self), desired,
      engine::HeldLease::Means{*transport_, world_.clock, waiter_, limits_.parallel_hosts});
  auto interrupts = std::make_unique<Interrupts>(live_);
  if (auto refusal = lease->take(patience, interrupts->asked(), waiting, force)) return refusal;
  interrupts_ = std::move(interrupts);
  lease_ = std::move(lease);
  leased_ = std::make_unique<engine::LeasedTransport>(*transport_, *lease_);
  renewal_ = std::make_unique<engine::LeaseRenewal>(*lease_);
  return std::nullopt;
}

std::string journal_of(const Desired& desired, const World& world) {
  std::string state_home = world.environment("XDG_STATE_HOME");
  if (state_home.empty()) state_home = world.environment("HOME") + "/.local/state";
  return engine::journal_path(desired.cluster.name, state_home);
}

namespace {

/// Read when it is first asked. What cannot be read tells nothing; `kiln history` says why.
std::function<std::set<std::string>(Database)> by_the_journal(const std::string& path, const FileIo& files) {
  using Members = std::map<Database, std::set<std::string>>;
  const auto members = std::make_shared<std::optional<Members>>();
  return [members, path, &files](Database database) {
    if (!*members) {
      const auto journal = files.read(path);
      *members = journal ? engine::remembered_members(engine::read_journal(*journal)) : Members{};
    }
    return (**members)[database];
  };
}

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
  loaded.desired->new_authority = arguments.new_authority;
  loaded.desired->new_database = arguments.new_database;
  for (const std::string& pattern : arguments.empty_includes)
    loaded.desired->allowed_empty_includes.insert(config::normal_pattern(pattern));
  loaded.desired->remembered = by_the_journal(journal_of(*loaded.desired, world), world.files);
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
