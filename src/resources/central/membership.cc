#include "resources/central/membership.h"

#include <algorithm>

#include "resources/central/central.h"
#include "resources/steps.h"

namespace kiln::resources {
namespace {

bool has_kilns_options(const Facts& facts, const HostName& node, Database database) {
  return facts.seen<FileSeen>(node, FileLook{server_environment_path(database)}) ||
         facts.seen<FileSeen>(node, FileLook{drop_in_path(std::string(server_unit(database)))});
}

bool is_central(const Context& context, const std::string& node) {
  return context.placement.has(node, "central");
}

/// It hears the others of a majority, or a leader that does: a majority works, wherever it is.
bool is_in_majority(const RaftSeen& raft) {
  if (!raft.works()) return false;
  if (raft.role == "leader") return raft.heard() * 2 > raft.servers.size();
  // Its own id may begin as the leader's does.
  const auto leader = std::ranges::find_if(raft.servers, [&](const RaftServerSeen& server) {
    return !server.self && server.server_id == raft.leader;
  });
  return leader == raft.servers.end() || !leader->last_message_ms ||
         leader->heard_within(raft.election_timer_ms);
}

/// Nobody finds a majority. Where enough of the members are on nodes that answer, what this plan starts may
/// make one, unless all run.
void judge_majority(const Context& context, Database database, Membership& members) {
  const RaftSeen* newest = without_majority(context, database);
  if (!newest) return;
  const std::string name(schema_name(database));
  const auto there = std::ranges::count_if(newest->servers, [&](const RaftServerSeen& server) {
    return std::ranges::any_of(members.addresses,
                               [&](const auto& member) { return member.second == server.address; });
  });
  if (static_cast<std::size_t>(there) * 2 <= newest->servers.size())
    members.why_lost = name + " has lost its majority: " + std::to_string(there) + " of its " +
                       std::to_string(newest->servers.size()) + " members are on nodes that answer";
  else if (std::ranges::all_of(members.addresses, [&](const auto& member) {
             return !context.facts.absent(member.first, RaftLook{database});  // one that hangs runs
           }))
    members.why_no_leader = name + " has no leader now: its members elect one, or do not reach each other";
}

std::set<std::string> lingering(const Context& context, Database database, const Membership& members) {
  std::set<std::string> nodes;
  if (context.placement.centrals.empty()) return nodes;
  for (const NodeSpec* node : context.desired.nodes_in_file_order()) {
    const bool listed = members.servers.contains(ssl_address(node->address, raft_port(database)));
    const bool silent = context.facts.unknown(node->name, DatabaseFileLook{database}).has_value();
    const bool stuck = !members.why_none_may_leave.empty() && members.addresses.contains(node->name);
    if (listed && !is_central(context, node->name) && (silent || stuck)) nodes.insert(node->name);
  }
  return nodes;
}

}  // namespace

Servers listed_servers(const Desired& desired, const Facts& facts, Database database) {
  std::map<std::string, std::string> files;  // ids in the nodes' files, by address
  for (const NodeSpec* node : desired.nodes_in_file_order())
    if (const auto* file = facts.seen<DatabaseFileSeen>(node->name, DatabaseFileLook{database}))
      files[file->local_address] = file->server_id;
  Servers servers;
  for (const NodeSpec* node : desired.nodes_in_file_order()) {
    const auto* raft = facts.seen<RaftSeen>(node->name, RaftLook{database});
    if (!raft || !raft->works()) continue;
    for (const RaftServerSeen& server : raft->servers) {
      // A node that has lost its file and joined anew is listed twice: the one that is there counts.
      std::string& id = servers[server.address];
      if (id.empty() || !files[server.address].starts_with(id)) id = server.server_id;
    }
  }
  return servers;
}

const RaftSeen* without_majority(const Context& context, Database database) {
  const RaftSeen* newest = nullptr;
  for (const NodeSpec* node : context.desired.nodes_in_file_order()) {
    const auto* raft = context.facts.seen<RaftSeen>(node->name, RaftLook{database});
    if (!raft || !(raft->is_member() || raft->is_cut_off())) continue;
    if (is_in_majority(*raft)) return nullptr;
    if (!newest || newest->term < raft->term) newest = raft;
  }
  return newest;
}

HostName leader_of(const std::vector<HostName>& hosts, Database database, const Facts& facts) {
  HostName leader;
  std::int64_t term = -1;
  for (const HostName& host : hosts) {
    const auto* raft = facts.seen<RaftSeen>(host, RaftLook{database});
    if (!raft || raft->role != "leader" || raft->term <= term) continue;
    leader = host;
    term = raft->term;
  }
  return leader;
}

std::set<std::string> known_clusters(const Desired& desired, const Facts& facts, Database database) {
  std::set<std::string> clusters;
  for (const NodeSpec* node : desired.nodes_in_file_order()) {
    const auto* raft = facts.seen<RaftSeen>(node->name, RaftLook{database});
    if (!raft || !raft->works()) continue;
    clusters.insert(raft->cluster_id);
    if (const auto* file = facts.seen<DatabaseFileSeen>(node->name, DatabaseFileLook{database}))
      clusters.insert(file->replaced.begin(), file->replaced.end());
  }
  return clusters;
}

bool was_let_go(const DatabaseFileSeen& file, const Servers& servers, const std::set<std::string>& clusters) {
  // One that is about to join has no cluster id yet. Ids are listed by four digits, which two servers may
  // share.
  const auto listed = servers.find(file.local_address);
  return !servers.empty() && file.clustered && clusters.contains(file.cluster_id) &&
         (listed == servers.end() || !file.server_id.starts_with(listed->second));
}

std::string refused_value(const DatabaseFileSeen& file) {
  return "refused by its server: " + file.refused;
}

std::set<std::string> strangers(const Desired& desired, const Facts& facts, Database database,
                                const Servers& servers) {
  std::set<std::string> addresses;
  for (const auto& [address, id] : servers) addresses.insert(address);
  for (const auto* nodes : {&desired.nodes, &desired.dead})
    for (const auto& [name, node] : *nodes) {
      addresses.erase(ssl_address(node.address, raft_port(database)));
      if (const auto* file = facts.seen<DatabaseFileSeen>(name, DatabaseFileLook{database}))
        addresses.erase(file->local_address);
    }
  return addresses;
}

std::string why_none_may_leave(const Context& context, Database database, const Membership& members,
                               const std::string& but) {
  const std::string name(schema_name(database));
  if (!members.unknown.empty())
    return members.unknown.front() + " has not said whether it is a member of " + name;
  if (!members.strangers.empty())
    return *members.strangers.begin() + " is a member of " + name + " and no node of the file";
  if (members.cluster_ids.size() > 1) return "the nodes hold more than one cluster of " + name;
  for (const auto& [node, address] : members.addresses) {
    if (node == but) continue;
    const auto* raft = context.facts.seen<RaftSeen>(node, RaftLook{database});
    if (!raft) return "the member of " + name + " on " + node + " does not run or does not answer";
    if (!raft->is_member() && raft->status != "leaving cluster")
      return "the member of " + name + " on " + node + " is " + raft->status;
    if (!raft->knows_leader()) return "the member of " + name + " on " + node + " knows no leader";
  }
  return "";
}

Membership membership(const Context& context, Database database) {
  Membership members;
  members.servers = listed_servers(context.desired, context.facts, database);
  const std::set<std::string> clusters = known_clusters(context.desired, context.facts, database);
  members.strangers = strangers(context.desired, context.facts, database, members.servers);
  // One that led goes on for an election timeout as if it had its majority: those that work are counted.
  const auto works = [&](const NodeSpec* node) {
    const auto* raft = context.facts.seen<RaftSeen>(node->name, RaftLook{database});
    return raft && raft->works();
  };
  const auto working = std::ranges::count_if(context.desired.nodes_in_file_order(), works);
  const bool majority = static_cast<std::size_t>(working) * 2 > members.servers.size();
  std::vector<HostName> there;  // with a file of it that counts
  for (const NodeSpec* node : context.desired.nodes_in_file_order()) {
    if (context.facts.unknown(node->name, DatabaseFileLook{database})) members.unknown.push_back(node->name);
    const auto* file = context.facts.seen<DatabaseFileSeen>(node->name, DatabaseFileLook{database});
    if (file && !file->clustered && file->used && is_central(context, node->name))
      members.with_rows.insert(node->name);
    if (!file || !file->clustered) continue;
    const bool lost = !file->refused.empty() && majority;
    // One that was about to join, and is no central any more, has nothing to leave; one whose server runs is
    // a member in a moment.
    const auto* unit = context.facts.seen<UnitSeen>(node->name, UnitLook{std::string(server_unit(database))});
    const bool runs = context.facts.seen<RaftSeen>(node->name, RaftLook{database}) ||
                      (unit && unit->active_state == "active");
    const bool never_joined = file->cluster_id.empty() && !runs && !is_central(context, node->name) &&
                              !members.servers.empty() && !members.servers.contains(file->local_address);
    if (lost || never_joined || was_let_go(*file, members.servers, clusters)) {
      members.left.insert(node->name);
      continue;
    }
    members.addresses[node->name] = file->local_address;
    if (has_kilns_options(context.facts, node->name, database)) members.made_by_kiln = true;
    if (is_central(context, node->name) &&
        file->local_address != ssl_address(node->address, raft_port(database)))
      members.moved.push_back(node->name);
    if (unit && unit->active_state != "active" && is_central(context, node->name))
      members.stopped.insert(node->name);
    if (!file->cluster_id.empty()) members.cluster_ids.insert(file->cluster_id);
    there.push_back(node->name);
  }
  members.leader = leader_of(there, database, context.facts);
  members.why_none_may_leave = why_none_may_leave(context, database, members, "");
  judge_majority(context, database, members);
  members.lingering = lingering(context, database, members);
  return members;
}

QuorumKept quorum_kept(const Context& context, Database database, const Membership& members,
                       std::vector<std::string> but) {
  QuorumKept kept;
  kept.database = database;
  kept.but = std::move(but);
  const auto add = [&](const HostName& host, const std::string& address, const std::string& id, bool listed) {
    if (std::ranges::find(kept.members, address, &PlannedMember::address) == kept.members.end())
      kept.members.push_back({host, address, id, listed});
  };
  for (const NodeSpec* node : context.desired.nodes_in_file_order()) {
    const std::string own = ssl_address(node->address, raft_port(database));
    const auto server = members.servers.find(own);
    const bool listed = server != members.servers.end();
    const bool central = is_central(context, node->name);
    const auto there = members.addresses.find(node->name);
    if (there != members.addresses.end()) {
      const auto* file = context.facts.seen<DatabaseFileSeen>(node->name, DatabaseFileLook{database});
      const bool stays = central && there->second == own;
      add(node->name, there->second, file->server_id, stays && listed);
      if (central && !stays) add(node->name, own, "", false);
    } else if (listed && context.facts.unknown(node->name, DatabaseFileLook{database})) {
      add(node->name, own, server->second, central);
    } else if (central || listed) {
      add(node->name, own, "", false);
    }
  }
  // What was there when the plan was made is as planned, whoever it is; this plan may let it go.
  for (const std::string& address : members.strangers) add("", address, members.servers.at(address), false);
  for (const auto& [name, node] : context.desired.dead)
    if (const auto server = members.servers.find(ssl_address(node.address, raft_port(database)));
        server != members.servers.end())
      add("", server->first, server->second, false);
  return kept;
}

QuorumKept without(QuorumKept quorum, const DatabaseFileSeen& file) {
  quorum.but.clear();
  for (PlannedMember& member : quorum.members) quorum.but.push_back(member.address);
  quorum.gone = file.server_id;
  return quorum;
}

Gate guard(QuorumKept quorum) {
  return {kCluster, std::move(quorum), kAgreement};
}

Result<Step> kick_step(const Change& change, Database database, const Membership& members,
                       const std::string& address, QuorumKept quorum) {
  const std::string name(schema_name(database));
  const auto server = members.servers.find(address);
  if (server == members.servers.end()) return fail(ErrorCode::failed, address + " is no member of " + name);
  if (!members.why_none_may_leave.empty())
    return fail(ErrorCode::precondition,
                name + " does not let go of " + address + ": " + members.why_none_may_leave);
  if (members.leader.empty())
    return fail(ErrorCode::precondition, "no member of " + name + " says that it leads");
  Step step =
      make_step(change, "kick", "let " + name + " go on without " + address + ", which will not come back");
  step.host = members.leader;
  if (std::ranges::find(quorum.but, address) == quorum.but.end()) quorum.but.push_back(address);
  step.guards.push_back(guard(std::move(quorum)));
  step.actions.push_back(KickMember{database, server->second, address});
  for (const auto& [node, own] : members.addresses)
    if (own != address) step.gates.push_back({node, MemberGone{database, address}, Duration{60000}});
  step.risk = Risk::quorum;
  step.irreversible = true;
  step.pool = raft_pool(database);
  return step;
}

}  // namespace kiln::resources
