#include "planner/planner.h"

#include <algorithm>

#include "planner/budget.h"
#include "planner/compose.h"
#include "planner/fingerprint.h"
#include "planner/purge.h"
#include "resources/beside.h"
#include "resources/central/quorum_needed.h"
#include "resources/context.h"
#include "resources/host/mark.h"
#include "resources/nb/deployment.h"
#include "resources/nb/roster.h"
#include "resources/works.h"

namespace kiln::planner {
namespace {

/// What the file does not say, as it has them no more.
std::vector<std::string> former_nodes(const Desired& desired) {
  std::vector<std::string> texts;
  for (const auto& [name, node] : desired.nodes)
    if (node.out_of_reach)
      texts.push_back(
          name + " is in the northbound, at " + node.address +
          ", and in no file that this machine has applied: it is not contacted. So that it leaves, "
          "write [nodes." +
          name + "] with address = \"" + node.address +
          "\", state = \"absent\" and its ssh; if there is no such node: `ovn-nbctl remove "
          "NB_Global . external_ids kiln-node-" +
          name + '`');
    else if (node.former)
      texts.push_back(name + " is no longer in the file: it leaves");
  for (const auto& [name, node] : desired.waiting)
    texts.push_back(name + " is on the machine of " + node.after + " (" + node.address + "): all of " +
                    node.after + " leaves it first, then " + name + " comes");
  return texts;
}

/// The same for the same hosts, so that a plan that is made again is the same plan: drawn from what systemd
/// and the kernel have drawn there (machine-id(5), /proc/sys/kernel/random/boot_id).
std::string drawn_uuid(const Desired& desired, const Facts& facts) {
  std::string seed = "deployment " + desired.cluster.name;
  for (const NodeSpec* node : desired.nodes_in_file_order())
    if (const auto* host = facts.seen<HostSeen>(node->name, HostLook{}))
      seed += '\n' + node->name + ' ' + node->address + ' ' + host->machine_id + ' ' + host->boot_id;
  return resources::row_uuid(seed).text();
}

/// Who does not answer may have one; where there is a northbound it would have it, too.
bool may_draw(const Desired& desired, const Facts& facts) {
  if (facts.seen<RowsSeen>(kCluster, resources::roster_look())) return true;
  return std::ranges::none_of(desired.nodes, [&](const auto& named) {
    return facts.unknown(named.first, FileLook{resources::kMarkPath}).has_value();
  });
}

}  // namespace

Result<Plan> make_plan(const Desired& desired, const Facts& facts, Random& random) {
  if (resources::identity(desired, facts).id.empty() && may_draw(desired, facts)) {
    Desired drawn = desired;
    drawn.fresh_id = drawn_uuid(desired, facts);
    return make_plan(drawn, facts, random);
  }
  std::vector<std::string> problems;
  const resources::Placement placement = resources::place(desired, facts, problems);
  // Every node's services are known; who is central stays central.
  const resources::Resources resources = resources::make_resources(desired, placement, facts);
  // Every wanted thing is a resource, and so is everything of ours that is no longer wanted.
  const resources::Context context(desired, placement, facts);
  const auto why_not = [&](const ResourceId& id) { return resources::why_no_quorum(context, id); };
  KILN_TRY_ASSIGN(Plan plan, compose(resources, facts, random, desired.scope, why_not));
  // Changes are sorted by id, steps are in an order that respects their needs.
  plan.cluster = desired.cluster.name;
  plan.warnings = former_nodes(desired);
  for (std::string& fewer : resources::shrunk_includes(desired, facts))
    plan.warnings.push_back(std::move(fewer));
  if (!context.authority->elsewhere.empty()) plan.warnings.push_back(context.authority->elsewhere);
  if (context.authority->rotates()) {
    plan.goes_on = true;
    plan.warnings.emplace_back(
        "the authority is replaced: hosts trust the one before it, too, until no daemon has a certificate of "
        "it; the round after that, or another apply, ends that");
  }
  for (std::string& problem : problems) plan.warnings.push_back(std::move(problem));
  for (std::string& unread : resources::unread_marks(desired, placement, facts))
    plan.warnings.push_back(std::move(unread));
  if (const Deletions lost = deletions(plan, desired); lost.over())
    plan.warnings.push_back(to_text(lost) +
                            ": apply wants --allow-delete=" + std::to_string(lost.lost.size()));
  if (desired.purge) add_purge(plan, desired, facts);
  plan.id = fingerprint(plan);
  // The id is that of the content: the same plan has it again.
  return plan;
}

void add_what_is_not_done(Plan& plan, const Desired& desired, const Facts& facts) {
  std::vector<std::string> problems;  // the plan has them
  const resources::Placement placement = resources::place(desired, facts, problems);
  const resources::Context context(desired, placement, facts);
  plan.beside = resources::beside(context);
  for (Trouble& trouble : resources::troubles(context))
    if (!desired.scope.excludes(trouble.host)) plan.troubles.push_back(std::move(trouble));
}

}  // namespace kiln::planner
