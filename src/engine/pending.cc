#include "engine/pending.h"

#include <algorithm>

#include "base/text.h"
#include "engine/former_nodes.h"
#include "model/lease.h"
#include "planner/planner.h"
#include "resources/kinds.h"

namespace kiln::engine {

std::vector<Probe> plan_probes(const Desired& desired) {
  std::vector<Probe> probes = resources::all_probes(desired);
  probes.push_back({kController, HostLook{}});
  // Whether another run comes between this look and the first change.
  for (const auto& [name, node] : desired.nodes) probes.push_back({name, FileLook{kLeasePath}});
  return probes;
}

Pending pending(const Desired& desired, const Facts& facts, Random& random) {
  Pending pending;
  Diags diags;
  resources::check_against_hosts(desired, facts, diags);
  for (const Diag& diag : diags.all())
    if (diag.severity == Severity::error) pending.errors.push_back(diag.message);
  const Result<Plan> plan = planner::make_plan(desired, facts, random);
  if (!plan) {
    pending.errors.push_back(plan.error().text());
    return pending;
  }
  for (const Change& change : plan->changes) {
    if (change.verb == Verb::defer)
      pending.unknown.push_back(change.id.text() + ": " + change.why);
    else
      pending.changes.push_back(std::string(to_string(change.verb)) + ' ' + change.id.text());
  }
  for (const auto& [name, node] : with_former_nodes(desired, facts).nodes)
    if (node.out_of_reach)
      pending.unknown.push_back("node/" + name + ": only the northbound knows it, at " + node.address);
    else if (node.former)
      pending.changes.push_back("delete node/" + name);
  return pending;
}

std::string changes_in_short(const Pending& pending) {
  constexpr std::size_t kNamed = 3;
  const std::vector<std::string>& changes = pending.changes;
  if (changes.empty()) return {};
  std::vector<std::string> named = changes;
  named.resize(std::min(kNamed, changes.size()));
  if (changes.size() > kNamed) named.emplace_back("…");
  return count_of(changes.size(), "change", "changes") + ": " + join(named, ", ");
}

std::string unknown_in_short(const Pending& pending) {
  if (pending.unknown.empty()) return {};
  const std::size_t more = pending.unknown.size() - 1;
  return pending.unknown.front() + (more == 0 ? "" : "; and " + std::to_string(more) + " more");
}

}  // namespace kiln::engine
