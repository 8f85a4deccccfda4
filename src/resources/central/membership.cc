#include "resources/central/membership.h"

#include <algorithm>

namespace kiln::resources {
namespace {

/// The addresses that the members of the cluster know, as any of them says that is connected to it.
std::set<std::string> listed(const Context& context, Database database) {
  std::set<std::string> addresses;
  for (const NodeSpec* node : context.desired.nodes_in_file_order()) {
    const auto* raft = context.facts.seen<RaftSeen>(node->name, RaftLook{database});
    if (!raft || raft->status != "cluster member" || raft->leader.empty() || raft->leader == "unknown")
      continue;
    for (const RaftServerSeen& server : raft->servers) addresses.insert(server.address);
  }
  return addresses;
}

bool is_central(const Context& context, const std::string& node) {
  return context.placement.has(node, "central");
}

}  // namespace

Membership membership(const Context& context, Database database) {
  Membership members;
  const std::set<std::string> known = listed(context, database);
  std::set<std::string> of_nodes;
  for (const NodeSpec* node : context.desired.nodes_in_file_order()) {
    of_nodes.insert(ssl_address(node->address, raft_port(database)));
    if (context.facts.unknown(node->name, DatabaseFileLook{database})) members.unknown.push_back(node->name);
    const auto* file = context.facts.seen<DatabaseFileSeen>(node->name, DatabaseFileLook{database});
    if (!file || !file->clustered) continue;
    of_nodes.insert(file->local_address);
    if (!is_central(context, node->name) && !known.empty() && !known.contains(file->local_address)) {
      members.left.insert(node->name);
      continue;
    }
    members.addresses[node->name] = file->local_address;
    const auto* unit = context.facts.seen<UnitSeen>(node->name, UnitLook{std::string(server_unit(database))});
    if (unit && unit->active_state != "active" && is_central(context, node->name))
      members.stopped.insert(node->name);
    if (!file->cluster_id.empty()) members.cluster_ids.insert(file->cluster_id);
  }
  std::ranges::set_difference(known, of_nodes, std::inserter(members.strangers, members.strangers.end()));
  return members;
}

std::string why_none_may_leave(const Context& context, Database database, const Membership& members) {
  const std::string name(schema_name(database));
  if (!members.unknown.empty())
    return members.unknown.front() + " has not said whether it is a member of " + name;
  if (!members.strangers.empty())
    return *members.strangers.begin() + " is a member of " + name + " and no node of the file";
  if (members.cluster_ids.size() > 1) return "the nodes hold more than one cluster of " + name;
  for (const auto& [node, address] : members.addresses) {
    const auto* raft = context.facts.seen<RaftSeen>(node, RaftLook{database});
    if (!raft) return "the member of " + name + " on " + node + " does not run or does not answer";
    if (raft->status != "cluster member" && raft->status != "leaving cluster")
      return "the member of " + name + " on " + node + " is " + raft->status;
    if (raft->leader.empty() || raft->leader == "unknown")
      return "the member of " + name + " on " + node + " knows no leader";
  }
  return "";
}

}  // namespace kiln::resources
