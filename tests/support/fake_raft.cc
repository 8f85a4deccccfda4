#include "support/fake_raft.h"

#include <algorithm>
#include <utility>

#include "resources/paths.h"
#include "support/fake_authority.h"

namespace kiln::test {
namespace {

std::string unit_of(Database database) {
  return std::string(server_unit(database));
}

FakeDatabaseFile new_file(const std::string& address, Random& random) {
  FakeDatabaseFile file;
  file.server_id = random.uuid().text();
  file.local_address = address;
  return file;
}

}  // namespace

bool tls_works(const FakeHost& server, const std::string& server_certificate, const FakeHost& client,
               const std::string& client_certificate) {
  const std::string of_server = issuer_of(server_certificate);
  const std::string of_client = issuer_of(client_certificate);
  return !of_server.empty() && !of_client.empty() && client.content(resources::kTrustPath) == of_server &&
         server.content(resources::kTrustPath) == of_client;
}

Result<transport::Outcome> FakeRaft::create(FakeHost& host, const CreateDatabase& action, Random& random) {
  if (host.databases.contains(database_)) return transport::Outcome{.changed = false, .detail = {}};
  if (!host.packages.contains("ovn-common")) return fail(ErrorCode::failed, "ovsdb-tool: not found");
  FakeDatabaseFile file = new_file(action.local_address, random);
  file.cluster_id = random.uuid().text();
  clusters_.emplace(file.cluster_id, Cluster{.id = file.cluster_id,
                                             .election_timer_ms = action.election_timer_ms,
                                             .data = FakeDatabase(database_),
                                             .members = {{host.name, file.server_id, file.local_address}},
                                             .leader = {}});
  host.databases[database_] = std::move(file);
  return transport::Outcome{};
}

Result<transport::Outcome> FakeRaft::adopt(FakeHost& host, const AdoptDatabase& action, Random& random) {
  const auto file = host.databases.find(database_);
  if (file == host.databases.end()) return fail(ErrorCode::failed, "ovsdb-tool: no such file");
  if (file->second.clustered) return transport::Outcome{.changed = false, .detail = {}};
  if (server_runs(host.name)) return fail(ErrorCode::failed, "its server runs");
  host.databases.erase(file);
  return create(host, {action.database, action.local_address, action.election_timer_ms}, random);
}

Result<transport::Outcome> FakeRaft::join(FakeHost& host, const JoinDatabase& action, Random& random) {
  if (host.databases.contains(database_)) return transport::Outcome{.changed = false, .detail = {}};
  if (!host.packages.contains("ovn-common")) return fail(ErrorCode::failed, "ovsdb-tool: not found");
  if (action.remote_addresses.empty())
    return fail(ErrorCode::failed, "ovsdb-tool: join-cluster needs a remote address");
  FakeDatabaseFile file = new_file(action.local_address, random);
  file.remotes = action.remote_addresses;
  host.databases[database_] = std::move(file);
  return transport::Outcome{};
}

Result<transport::Outcome> FakeRaft::leave(FakeHost& host) {
  const auto file = host.databases.find(database_);
  if (file == host.databases.end() || file->second.left)
    return transport::Outcome{.changed = false, .detail = {}};
  Cluster* cluster = cluster_of(host.name);
  if (!server_runs(host.name) || !cluster || !has_quorum(*cluster))
    return fail(ErrorCode::failed, "cluster/leave: not connected to its cluster");
  if (cluster->members.size() == 1) return fail(ErrorCode::failed, "it is the only member");
  std::erase_if(cluster->members, [&](const Member& member) { return member.host == host.name; });
  if (cluster->leader == host.name) cluster->leader.clear();
  file->second.left = true;
  tick();
  return transport::Outcome{};
}

Result<transport::Outcome> FakeRaft::retire(FakeHost& host) {
  if (!host.databases.contains(database_)) return transport::Outcome{.changed = false, .detail = {}};
  if (server_runs(host.name)) return fail(ErrorCode::failed, "its server runs");
  host.databases.erase(database_);
  host.files["/var/lib/ovn/kiln-left/" + std::string(short_name(database_))].content = "database";
  return transport::Outcome{};
}

Result<transport::Outcome> FakeRaft::recreate(FakeHost& host, const RecreateDatabase& action,
                                              Random& random) {
  const auto file = host.databases.find(database_);
  if (file == host.databases.end()) return fail(ErrorCode::failed, "ovsdb-tool: no such file");
  if (file->second.cluster_id != action.cluster_id) return transport::Outcome{.changed = false, .detail = {}};
  if (server_runs(host.name)) return fail(ErrorCode::failed, "its server runs");
  FakeDatabaseFile fresh = new_file(action.local_address, random);
  fresh.cluster_id = random.uuid().text();
  fresh.replaced = file->second.replaced;
  fresh.replaced.insert(action.cluster_id);
  clusters_.emplace(fresh.cluster_id, Cluster{.id = fresh.cluster_id,
                                              .election_timer_ms = action.election_timer_ms,
                                              .data = clusters_.at(action.cluster_id).data,
                                              .members = {{host.name, fresh.server_id, fresh.local_address}},
                                              .leader = {}});
  file->second = std::move(fresh);
  return transport::Outcome{};
}

Result<transport::Outcome> FakeRaft::kick(const HostName& host, const KickMember& action) {
  Cluster* cluster = cluster_of(host);
  if (!cluster || !connected(host))
    return fail(ErrorCode::failed, "cluster/kick: not connected to its cluster");
  const std::size_t kicked = std::erase_if(cluster->members, [&](const Member& member) {
    return member.server_id.starts_with(action.server_id) && member.address == action.address;
  });
  tick();
  return transport::Outcome{.changed = kicked > 0, .detail = {}};
}

Result<transport::Outcome> FakeRaft::change_election_timer(const HostName& host, int ms) {
  Cluster* cluster = cluster_of(host);
  if (!cluster || !connected(host) || cluster->leader != host)
    return fail(ErrorCode::failed, "election timer must be changed through leader");
  if (ms > 2 * cluster->election_timer_ms)
    return fail(ErrorCode::failed, "election timer increase is too much");
  cluster->election_timer_ms = ms;
  return transport::Outcome{};
}

bool FakeRaft::server_runs(const HostName& host) const {
  return hosts_.contains(host) && hosts_.at(host).running(unit_of(database_)) &&
         hosts_.at(host).databases.contains(database_) && !hosts_.at(host).databases.at(database_).failed;
}

bool FakeRaft::has_quorum(const Cluster& cluster) const {
  const auto running = std::ranges::count_if(cluster.members, [&](const Member& member) {
    return server_runs(member.host) &&
           hosts_.at(member.host).databases.at(database_).server_id == member.server_id;
  });
  return static_cast<std::size_t>(running) * 2 > cluster.members.size();
}

std::vector<std::string> FakeRaft::quorate() const {
  std::vector<std::string> ids;
  for (const auto& [id, cluster] : clusters_)
    if (has_quorum(cluster)) ids.push_back(id);
  return ids;
}

const FakeRaft::Cluster* FakeRaft::cluster_of(const HostName& host) const {
  const auto at = hosts_.find(host);
  if (at == hosts_.end()) return nullptr;
  const auto file = at->second.databases.find(database_);
  if (file == at->second.databases.end() || file->second.left) return nullptr;
  const auto found = clusters_.find(file->second.cluster_id);
  return found == clusters_.end() ? nullptr : &found->second;
}

FakeRaft::Cluster* FakeRaft::cluster_of(const HostName& host) {
  const Cluster* found = std::as_const(*this).cluster_of(host);
  return found ? &clusters_.at(found->id) : nullptr;
}

bool FakeRaft::connected(const HostName& host) const {
  const Cluster* cluster = cluster_of(host);
  return cluster && server_runs(host) && has_quorum(*cluster);
}

FakeDatabase* FakeRaft::data() {
  for (auto& [id, cluster] : clusters_)
    if (has_quorum(cluster)) return &cluster.data;
  return clusters_.empty() ? nullptr : &clusters_.begin()->second.data;
}

std::vector<HostName> FakeRaft::holders() const {
  std::vector<HostName> names;
  for (const auto& [name, host] : hosts_)
    if (host.databases.contains(database_)) names.push_back(name);
  return names;
}

Result<transport::Outcome> FakeRaft::hand_over(const HostName& host) {
  Cluster* cluster = cluster_of(host);
  if (!cluster || !server_runs(host)) return fail(ErrorCode::failed, "no server answers");
  if (cluster->leader != host) return transport::Outcome{.changed = false, .detail = {}};
  const auto other = std::ranges::find_if(cluster->members, [&](const Member& member) {
    return member.host != host && server_runs(member.host);
  });
  if (other == cluster->members.end() || !has_quorum(*cluster))
    return fail(ErrorCode::failed, "no other member takes the leadership");
  cluster->leader = other->host;
  return transport::Outcome{};
}

void FakeRaft::tick() {
  for (auto& [id, cluster] : clusters_) {
    if (!has_quorum(cluster)) cluster.leader.clear();
    if (has_quorum(cluster) && !server_runs(cluster.leader))
      cluster.leader = std::ranges::find_if(cluster.members, [&](const Member& member) {
                         return server_runs(member.host);
                       })->host;
  }
  for (auto& [name, host] : hosts_) {
    const auto file = host.databases.find(database_);
    if (file == host.databases.end() || !server_runs(name)) continue;
    if (file->second.behind > 0) --file->second.behind;
    if (file->second.clustered && file->second.cluster_id.empty()) join_one(host, file->second);
  }
}

/// A member that is asked lets the new one in if the cluster can commit that.
void FakeRaft::join_one(FakeHost& host, FakeDatabaseFile& file) {
  if (freeze_joins) return;
  const std::string& own = host.units[unit_of(database_)].certificate;
  for (auto& [id, cluster] : clusters_)
    for (const Member& member : cluster.members) {
      const bool asked = std::ranges::find(file.remotes, member.address) != file.remotes.end();
      if (!asked || !server_runs(member.host) || !has_quorum(cluster)) continue;
      FakeHost& other = hosts_.at(member.host);
      if (!tls_works(other, other.units[unit_of(database_)].certificate, host, own)) continue;
      file.cluster_id = id;
      file.behind = 2;
      cluster.members.push_back({host.name, file.server_id, file.local_address});
      return;
    }
}

Fact FakeRaft::see_status(const HostName& host) const {
  if (!server_runs(host)) return Absent{};
  const FakeDatabaseFile& file = hosts_.at(host).databases.at(database_);
  if (file.left) return Absent{};
  DatabaseSeen seen;
  seen.name = schema_name(database_);
  seen.model = file.clustered ? "clustered" : "standalone";
  seen.connected = !file.clustered || connected(host);
  const Cluster* cluster = cluster_of(host);
  seen.leader = !file.clustered || (seen.connected && cluster->leader == host);
  seen.cluster_id = file.cluster_id;
  seen.server_id = file.server_id;
  seen.index = 3;
  if (seen.connected) seen.schema_version = "7.11.0";
  return seen;
}

Fact FakeRaft::see_raft(const HostName& host) const {
  const auto made = hosts_.at(host).databases.find(database_);
  if (made != hosts_.at(host).databases.end() && made->second.failed &&
      hosts_.at(host).running(unit_of(database_)))
    return Unknown{"unknown cluster"};
  if (!server_runs(host)) return Absent{};
  const FakeDatabaseFile& file = hosts_.at(host).databases.at(database_);
  if (!file.clustered) return Unknown{"is not a clustered database"};
  if (file.left) return Unknown{"no such cluster"};
  RaftSeen seen;
  seen.cluster_id = file.cluster_id;
  seen.server_id = file.server_id;
  seen.address = file.local_address;
  const Cluster* cluster = cluster_of(host);
  seen.status = cluster ? "cluster member" : "joining cluster";
  seen.not_applied = file.behind;
  if (!cluster) return seen;
  seen.election_timer_ms = cluster->election_timer_ms;
  seen.role = cluster->leader == host ? "leader" : "follower";
  seen.leader = cluster->leader.empty() ? "unknown" : cluster->leader == host ? "self" : "abcd";
  for (const Member& member : cluster->members) {
    // The leader hears all that run, and the others hear the leader.
    const bool heard = member.host != host && server_runs(member.host) &&
                       hosts_.at(member.host).databases.at(database_).server_id == member.server_id &&
                       (cluster->leader == host || cluster->leader == member.host);
    seen.servers.push_back({.server_id = member.server_id.substr(0, 4),
                            .address = member.address,
                            .self = member.host == host,
                            .match_index = {},
                            .last_message_ms = heard ? std::optional<std::int64_t>(100) : std::nullopt});
  }
  return seen;
}

Fact FakeRaft::see_log(const HostName& host) const {
  const Cluster* cluster = cluster_of(host);
  if (!cluster) return Absent{};
  const FakeDatabaseFile& file = hosts_.at(host).databases.at(database_);
  // Who is behind has not got the last entries.
  DatabaseLogSeen seen{.term = 1,
                       .index = 10 - file.behind,
                       .committed = 10 - file.behind,
                       .members = {},
                       .replaced = file.replaced};
  for (const Member& member : cluster->members) {
    seen.members.insert(member.address);
    seen.ids[member.address] = member.server_id.substr(0, 4);
  }
  return seen;
}

Fact FakeRaft::see_file(const HostName& host) const {
  const auto found = hosts_.at(host).databases.find(database_);
  if (found == hosts_.at(host).databases.end()) return Absent{};
  if (!hosts_.at(host).packages.contains("ovn-common")) return Unknown{"ovsdb-tool is missing"};
  const FakeDatabaseFile& file = found->second;
  return DatabaseFileSeen{.clustered = file.clustered,
                          .cluster_id = file.cluster_id,
                          .server_id = file.server_id,
                          .local_address = file.local_address,
                          .used = file.used,
                          .replaced = file.replaced,
                          .refused = file.refused};
}

}  // namespace kiln::test
