#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "engine/cluster.h"
#include "engine/status_parts.h"

// The two clustered databases and their members.

namespace kiln::engine {
namespace {

FileLook schema_look(Database database) {
  return {std::string(schema_path(database)), true};
}

/// `version` of an .ovsschema file, or "".
std::string expected_version(const HostName& host, Database database, const Facts& facts) {
  const auto* file = facts.seen<FileSeen>(host, schema_look(database));
  if (!file) return {};
  const auto schema = nlohmann::json::parse(file->content, nullptr, false);
  if (!schema.is_object()) return {};
  const auto version = schema.find("version");
  return version != schema.end() && version->is_string() ? version->get<std::string>() : std::string();
}

MemberStatus member_of(const HostName& host, Database database, const Facts& facts) {
  MemberStatus member;
  member.node = host;
  member.expected_schema_version = expected_version(host, database, facts);
  if (const auto* status = facts.seen<DatabaseSeen>(host, DatabaseLook{database}))
    member.schema_version = status->schema_version;
  if (const auto* file = facts.seen<DatabaseFileSeen>(host, DatabaseFileLook{database})) {
    member.server_id = file->server_id;
    member.address = file->local_address;
  }
  if (const auto* raft = facts.seen<RaftSeen>(host, RaftLook{database})) {
    member.server_id = raft->server_id;
    member.address = raft->address;
    member.role = raft->role;
    member.status = raft->status;
    return member;
  }
  const bool none = facts.absent(host, DatabaseFileLook{database});
  member.role = none ? "not a member" : "unknown";
  const auto* file = facts.seen<DatabaseFileSeen>(host, DatabaseFileLook{database});
  if (!none && facts.absent(host, RaftLook{database}))
    member.status = file && !file->refused.empty() ? "server refuses its file" : "server stopped";
  return member;
}

/// By its own word and, where it is less, by what it has confirmed to the leader.
std::int64_t lag_of(const RaftSeen& member, const RaftSeen& leader) {
  std::int64_t next = member.log_next;
  const RaftServerSeen* listed = leader.listed(member);
  if (listed && !listed->self && listed->match_index && member.term == leader.term)
    next = std::min(next, *listed->match_index + 1);
  return std::max<std::int64_t>(0, leader.log_next - next);
}

/// What is wrong with files of several clusters, or "".
std::string why_split(const std::vector<HostName>& hosts, Database database, const Facts& facts) {
  std::map<std::string, std::vector<std::string>> clusters;
  for (const HostName& host : hosts)
    if (const auto* file = facts.seen<DatabaseFileSeen>(host, DatabaseFileLook{database});
        file && !file->cluster_id.empty())
      clusters[file->cluster_id].push_back(host);
  if (clusters.size() < 2) return "";
  std::vector<std::string> texts;
  for (const auto& [id, members] : clusters) texts.push_back(id + " on " + join(members, ", "));
  return "the members are of " + std::to_string(clusters.size()) +
         " different clusters, which know nothing of each other: " + join(texts, "; ");
}

DatabaseClusterStatus database_of(const Desired& desired, const resources::Placement& placement,
                                  Database database, const Facts& facts) {
  DatabaseClusterStatus status;
  status.name = schema_name(database);
  std::vector<HostName> hosts = placement.centrals;
  add_holders(hosts, desired, database, facts);
  status.leader = resources::leader_of(hosts, database, facts);
  const auto* leader = facts.seen<RaftSeen>(status.leader, RaftLook{database});
  for (const HostName& host : hosts) {
    MemberStatus member = member_of(host, database, facts);
    const auto* raft = facts.seen<RaftSeen>(host, RaftLook{database});
    if (leader && raft) member.lag = lag_of(*raft, *leader);
    if (status.schema_version.empty()) status.schema_version = member.schema_version;
    status.members.push_back(std::move(member));
  }
  if (leader) {
    status.cluster_id = leader->cluster_id;
    if (const auto* served = facts.seen<DatabaseSeen>(status.leader, DatabaseLook{database}))
      status.schema_version = served->schema_version;
  }
  status.problem = why_split(hosts, database, facts);
  if (!leader && status.problem.empty()) status.problem = "no member says that it is the leader";
  return status;
}

}  // namespace

std::vector<Probe> database_probes(const Desired& desired) {
  std::vector<Probe> probes;
  for (const Database database : kClustered)
    for (const NodeSpec* node : desired.nodes_in_file_order()) {
      probes.push_back({node->name, RaftLook{database}});
      probes.push_back({node->name, DatabaseLook{database}});
      probes.push_back({node->name, DatabaseFileLook{database}});
      probes.push_back({node->name, schema_look(database)});
    }
  return probes;
}

std::vector<DatabaseClusterStatus> databases_of(const Desired& desired, const resources::Placement& placement,
                                                const Facts& facts) {
  std::vector<DatabaseClusterStatus> databases;
  if (placement.centrals.empty()) return databases;
  for (const Database database : kClustered)
    databases.push_back(database_of(desired, placement, database, facts));
  return databases;
}

}  // namespace kiln::engine
