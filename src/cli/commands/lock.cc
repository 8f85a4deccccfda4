#include <fmt/format.h>

#include "cli/commands/commands.h"
#include "cli/lease.h"
#include "engine/former_nodes.h"
#include "engine/lease.h"
#include "engine/observe.h"
#include "resources/nb/roster.h"

namespace kiln::cli {
namespace {

struct Seen {
  std::string name;
  std::string text;
  std::string unknown;
};

/// Of one place: who has it, or had it last.
std::string told(const std::string& text, const std::vector<Lease>& everywhere) {
  if (text.empty()) return "free";
  const Result<Lease> lease = read_lease(text);
  if (!lease) return lease.error().text();
  if (lease->format > kLeftFormat)
    return fmt::format("written by kiln {}, in format {}", lease->kiln, lease->format);
  if (lease->held && engine::has_ended(*lease, everywhere))
    return fmt::format("left by {}, which has ended (number {})", lease->holder(), lease->fence.token);
  if (lease->held)
    return fmt::format("held by {} (number {}, renewed {} times)", lease->holder(), lease->fence.token,
                       lease->renewed);
  if (!lease->reason.empty())
    return fmt::format("free (number {}, broken by {}@{}: {})", lease->fence.token, lease->user, lease->host,
                       lease->reason);
  return fmt::format("free (number {}, last {})", lease->fence.token, lease->holder());
}

ExitCode show(const Desired& desired, Session& session, Screen& screen) {
  std::vector<Probe> probes = engine::lease_probes(desired);
  probes.push_back({kCluster, resources::roster_look()});
  const Facts facts = engine::observe(desired, probes, session.seams(), session.limits());
  session.progress().clear();
  std::vector<Seen> places;
  bool any = false;
  for (const auto& [name, node] : desired.nodes) {
    const FileLook look{kLeasePath};
    const auto unknown = facts.unknown(name, look);
    any = any || !unknown;
    places.push_back({name, engine::lease_text(facts.seen<FileSeen>(name, look)), unknown.value_or("")});
  }
  if (const auto why = facts.unknown(kCluster, resources::roster_look()))
    places.push_back({"northbound", "", *why});
  else if (const ovsdb::Value* ids = resources::global_ids(facts))
    places.push_back({"northbound", ids->at(kLeaseKey).value_or(""), ""});
  std::vector<Lease> everywhere;
  for (const Seen& place : places)
    if (const auto lease = read_lease(place.text)) everywhere.push_back(*lease);
  std::string text;
  for (const Seen& place : places)
    text += fmt::format("{:<12} {}\n", place.name,
                        place.unknown.empty() ? told(place.text, everywhere) : "not known: " + place.unknown);
  screen.result(text);
  return any ? ExitCode::done : ExitCode::failed;
}

}  // namespace

ExitCode run_lock(const Arguments& arguments, World& world, Screen& screen) {
  const std::optional<Wanted> wanted = load_wanted(arguments, world, screen);
  if (!wanted) return ExitCode::invalid;
  Session session(wanted->desired, world, arguments, screen);
  // A run that takes a node out of the deployment has a claim there, too.
  const Desired desired = engine::find_former_nodes(wanted->desired, session.seams(), session.limits());
  session.progress().clear();
  if (arguments.word == "status") return show(desired, session, screen);
  if (arguments.reason.empty()) {
    screen.error("--reason is missing: whoever holds the lease is told", "nothing was changed");
    return ExitCode::usage;
  }
  // Another deployment's turn is nobody's to end.
  const Result<engine::Planned> planned = engine::plan(desired, session.seams(), session.limits());
  session.progress().clear();
  if (planned)
    for (const Diag& diag : planned->diags.all())
      if (diag.slug == "host-of-another-deployment" || diag.slug == "two-deployments") {
        screen.error(diag.message, "nothing was changed");
        return ExitCode::gate_closed;
      }
  return break_lease(desired, arguments, session, screen);
}

}  // namespace kiln::cli
