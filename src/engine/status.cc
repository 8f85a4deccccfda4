#include "engine/status.h"

#include <algorithm>
#include <utility>

#include "engine/settle.h"
#include "engine/status_parts.h"
#include "resources/beside.h"
#include "resources/context.h"
#include "resources/works.h"

namespace kiln::engine {
namespace {

bool well(const NodeStatus& node) {
  return node.reachable && node.problem.empty() &&
         std::ranges::all_of(node.services, [](const ServiceStatus& service) {
           return !service.wanted || service.state == "running" || service.state == "maintenance";
         });
}

bool well(const MemberStatus& member) {
  return member.status == "cluster member" && (member.role == "leader" || member.role == "follower");
}

bool well(const DatabaseClusterStatus& database) {
  return database.problem.empty() && !database.leader.empty() &&
         std::ranges::all_of(database.members, [](const MemberStatus& member) { return well(member); });
}

/// It is of a member, and the member's row tells it.
bool is_in_a_row(const Trouble& trouble, const std::vector<DatabaseClusterStatus>& databases) {
  return std::ranges::any_of(kClustered, [&](Database database) {
    const auto of = std::ranges::find(databases, schema_name(database), &DatabaseClusterStatus::name);
    return of != databases.end() && std::ranges::any_of(of->members, [&](const MemberStatus& member) {
             return trouble.resource == resources::database_id(member.node, database) && !well(member);
           });
  });
}

bool well(const CertificateStatus& certificate) {
  return certificate.problem.empty() && certificate.days_left >= 0;
}

}  // namespace

bool Status::healthy() const {
  const auto is_well = [](const auto& part) { return well(part); };
  return troubles.empty() && pending.none() && std::ranges::all_of(nodes, is_well) &&
         std::ranges::all_of(databases, is_well) && std::ranges::all_of(certificates, is_well);
}

Status read_status(const Desired& desired, Seams& seams, const Limits& limits) {
  std::vector<Probe> probes = plan_probes(desired);
  for (std::vector<Probe> more :
       {node_probes(desired), database_probes(desired), chassis_probes(), certificate_probes(desired)})
    probes.insert(probes.end(), more.begin(), more.end());
  Facts facts = observe(desired, probes, seams, limits);
  settle(desired, facts, seams, limits);
  // Everything that is shown is seen, absent or unknown.
  std::vector<std::string> problems;
  const resources::Placement placement = resources::place(desired, facts, problems);
  Status status;
  status.cluster = desired.cluster.name;
  status.nodes = nodes_of(desired, placement, facts);
  status.databases = databases_of(desired, placement, facts);
  status.chassis = chassis_of(desired, facts, status.nodes);
  const resources::Context context(desired, placement, facts);
  status.certificates = certificates_of(context, seams.clock.now());
  status.beside = resources::beside(context);
  for (Trouble& trouble : resources::troubles(context))
    if (!is_in_a_row(trouble, status.databases)) status.troubles.push_back(std::move(trouble));
  status.pending = pending(desired, facts, seams.random);
  return status;
}

}  // namespace kiln::engine
