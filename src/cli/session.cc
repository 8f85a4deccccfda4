#include "cli/session.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.h"
#include "config/include.h"
#include "config/load.h"
#include "engine/former_nodes.h"
#include "engine/journal_read.h"
#include "engine/lease_self.h"
#include "engine/remembered.h"
#include "resources/nb/roster.h"

namespace kiln::cli {
namespace {

/// How each node of the file is reached, for the journal.
std::map<std::string, std::string> ways(const Desired& desired) {
  std::map<std::string, std::string> ways;
  for (const auto& [name, node] : desired.nodes)
    ways[name] = node.ssh.local ? node.address : resources::entry_of(node, desired.ssh).text();
  return ways;
}

}  // namespace

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
                               engine::user_at_host(), ways(desired_));
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

bool Session::ask_for_ways(const Desired& planned, Screen& screen) {
  bool more = false;
  for (const auto& [name, node] : planned.nodes) {
    if (!node.out_of_reach || !screen.can_ask() || may_contact_.contains(node.address)) continue;
    const bool may = screen.agreed(name + " is in the northbound, at " + node.address +
                                   ", and in no file that this machine has applied. Contact it? [y/N] ");
    may_contact_[node.address] = may;
    more = more || may;
  }
  return more;
}

Desired Session::with_ways(Desired desired) const {
  if (may_contact_.empty()) return desired;
  desired.way_to_former = [known = desired.way_to_former, may = may_contact_, ssh = desired.ssh](
                              const std::string& node, const std::string& address) {
    const auto way = known(node, address);
    const auto answered = may.find(address);
    return !way && answered != may.end() && answered->second ? std::optional(ssh) : way;
  };
  return desired;
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

/// It is read when it is first asked; what cannot be read tells nothing, and `kiln history` says why.
void ask_the_journal(Desired& desired, const World& world) {
  const auto read = std::make_shared<std::optional<engine::PastRuns>>();
  const auto past = [read, path = journal_of(desired, world),
                     &files = world.files]() -> const engine::PastRuns& {
    if (!*read) {
      const auto journal = files.read(path);
      *read = journal ? engine::read_journal(*journal) : engine::PastRuns{};
    }
    return **read;
  };
  using Members = std::map<Database, std::set<std::string>>;
  desired.remembered = [past, members = std::make_shared<std::optional<Members>>()](Database database) {
    if (!*members) *members = engine::remembered_members(past());
    return (**members)[database];
  };
  desired.way_to_former = [past, defaults = desired.ssh](
                              const std::string& node, const std::string& address) -> std::optional<SshSpec> {
    const auto way = engine::remembered_way(past(), node, address);
    return way ? engine::ssh_of(*way, defaults) : std::nullopt;
  };
}

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
  ask_the_journal(*loaded.desired, world);
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
