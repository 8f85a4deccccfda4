#include "engine/cluster.h"

#include <algorithm>
#include <set>

#include "base/text.h"

namespace kiln::engine {
namespace {

constexpr const char* kClusteredModel = "clustered";  // ovsdb-server(5), Database.model

std::vector<Look> looks_at_member(Database database) {
  return {DatabaseLook{database}, DatabaseFileLook{database}, RaftLook{database}};
}

/// One that has just lost the others says for an election timer that it is connected, and leads: what it is
/// sent then is not confirmed to anybody.
std::string why_alone(const HostName& host, Database database, const Facts& facts) {
  const auto* raft = facts.seen<RaftSeen>(host, RaftLook{database});
  if (!raft || raft->role != "leader") return "";
  if (raft->heard() * 2 > raft->servers.size()) return "";
  return "leads, and hears " + std::to_string(raft->heard()) + " of " +
         count_of(raft->servers.size(), "member", "members");
}

/// Why this member cannot be asked, or nothing if no database is there.
std::optional<std::string> trouble(const HostName& host, Database database, const Facts& facts) {
  if (const auto why = facts.unknown(host, DatabaseLook{database})) return why;
  if (const auto* status = facts.seen<DatabaseSeen>(host, DatabaseLook{database}))
    return status->connected ? why_alone(host, database, facts) : "not connected to its cluster";
  if (const auto why = facts.unknown(host, DatabaseFileLook{database})) return why;
  // One that was only made holds no rows.
  const auto* file = facts.seen<DatabaseFileSeen>(host, DatabaseFileLook{database});
  if (file && !file->refused.empty()) return "its server refuses its file: " + file->refused;
  if (file && file->used) return "its server does not run";
  return std::nullopt;
}

}  // namespace

std::vector<HostName> possible_centrals(const Desired& desired) {
  std::vector<HostName> names;
  for (const NodeSpec* node : desired.nodes_in_file_order())
    if (node->auto_services || node->has("central")) names.push_back(node->name);
  return names;
}

std::vector<Probe> member_probes(const Desired& desired, Database database) {
  std::vector<Probe> probes;
  for (const NodeSpec* node : desired.nodes_in_file_order())
    for (Look& look : looks_at_member(database)) probes.push_back({node->name, std::move(look)});
  return probes;
}

void add_holders(std::vector<HostName>& hosts, const Desired& desired, Database database,
                 const Facts& facts) {
  for (const NodeSpec* node : desired.nodes_in_file_order())
    if (facts.seen<DatabaseFileSeen>(node->name, DatabaseFileLook{database}) &&
        std::ranges::find(hosts, node->name) == hosts.end())
      hosts.push_back(node->name);
}

Members members_of(const Desired& desired, Database database, const Facts& facts) {
  struct Candidate {
    HostName host;
    bool clustered;
    bool leader;
    std::int64_t index;
  };
  std::vector<Candidate> candidates;
  std::vector<Candidate> fresh;
  std::vector<std::string> problems;
  std::vector<HostName> hosts = possible_centrals(desired);
  add_holders(hosts, desired, database, facts);
  for (const HostName& host : hosts) {
    const auto* status = facts.seen<DatabaseSeen>(host, DatabaseLook{database});
    const bool clustered = status && status->model == kClusteredModel;
    const auto* file = facts.seen<DatabaseFileSeen>(host, DatabaseFileLook{database});
    const bool empty = file && !file->clustered && !file->used;
    if (status && status->connected && why_alone(host, database, facts).empty())
      (empty ? fresh : candidates).push_back({host, clustered, status->leader, status->index});
    else if (const auto why = trouble(host, database, facts))
      problems.push_back(host + ": " + *why);
  }
  // A standalone database without rows is what a package has made for itself: it speaks for the cluster only
  // where nobody else may hold rows.
  if (candidates.empty() && problems.empty()) candidates = std::move(fresh);
  // Of two that say they lead, the one further on is right: the other has not yet heard.
  std::ranges::stable_sort(candidates, [](const Candidate& left, const Candidate& right) {
    if (left.clustered != right.clustered) return left.clustered;  // a standalone one says that it leads
    return left.leader != right.leader ? left.leader : left.leader && left.index > right.index;
  });
  Members members;
  for (const Candidate& candidate : candidates) members.usable.push_back(candidate.host);
  members.absent = candidates.empty() && problems.empty();
  if (candidates.empty())
    members.why = "no member of " + std::string(schema_name(database)) + " can be asked" +
                  (problems.empty() ? "" : ": " + join(problems, "; "));
  return members;
}

Members Cluster::find(Database database) {
  Facts facts;
  for (const HostName& host : in_order_of_use(database)) {
    facts.merge(transport_.look(host, looks_at_member(database), look_timeout_));
    const auto* status = facts.seen<DatabaseSeen>(host, DatabaseLook{database});
    if (status && status->connected && status->leader && status->model == kClusteredModel &&
        why_alone(host, database, facts).empty())
      break;
  }
  Members members = members_of(desired_, database, facts);
  // Who was not asked, because a leader came first, is no problem of anybody's.
  remember(database, members);
  return members;
}

Facts Cluster::look(Database database, const std::vector<Look>& looks) {
  std::vector<HostName> known;
  {
    const std::lock_guard lock(mutex_);
    known = last_[database];
  }
  for (const HostName& host : known) {
    const Facts facts = transport_.look(host, looks, look_timeout_);
    if (answered(host, looks, facts)) return as_cluster(host, looks, facts);
    forget(database, host);
  }
  const Members members = find(database);
  for (const HostName& host : members.usable) {
    const Facts facts = transport_.look(host, looks, look_timeout_);
    if (answered(host, looks, facts)) return as_cluster(host, looks, facts);
  }
  if (members.absent) return same_answer(looks, Absent{});
  return same_answer(looks, Unknown{members.usable.empty() ? members.why : "no member answered"});
}

std::vector<HostName> Cluster::in_order_of_use(Database database) {
  std::vector<HostName> hosts = possible_centrals(desired_);
  hosts.insert(hosts.end(), leaving_.begin(), leaving_.end());
  const std::lock_guard lock(mutex_);
  const std::vector<HostName>& last = last_[database];
  std::ranges::stable_sort(
      hosts, {}, [&](const HostName& host) { return std::ranges::find(last, host) - last.begin(); });
  return hosts;
}

void Cluster::lose(Database database) {
  const std::lock_guard lock(mutex_);
  lost_.insert(database);
}

bool Cluster::was_lost(Database database) {
  const std::lock_guard lock(mutex_);
  return lost_.contains(database);
}

void Cluster::remember(Database database, const Members& members) {
  const std::lock_guard lock(mutex_);
  if (!members.usable.empty()) lost_.erase(database);
  last_[database] = members.usable;
}

void Cluster::forget(Database database, const HostName& host) {
  const std::lock_guard lock(mutex_);
  std::erase(last_[database], host);
}

std::vector<HostName> leaving_hosts(const Desired& desired, const Plan& plan) {
  std::set<HostName> hosts;
  for (const Change& change : plan.changes) {
    // "n3/nb". One that is put off goes on as a member.
    const HostName node = change.id.name.substr(0, change.id.name.find('/'));
    const bool goes = change.verb == Verb::remove || change.verb == Verb::defer;
    if (change.id.kind == "database" && goes && desired.nodes.contains(node)) hosts.insert(node);
  }
  for (const HostName& central : possible_centrals(desired)) hosts.erase(central);
  return {hosts.begin(), hosts.end()};
}

Facts same_answer(const std::vector<Look>& looks, const Fact& fact) {
  Facts facts;
  for (const Look& look : looks) facts.set({kCluster, look}, fact);
  return facts;
}

Facts as_cluster(const HostName& member, const std::vector<Look>& looks, const Facts& facts) {
  Facts renamed;
  for (const Look& look : looks) renamed.set({kCluster, look}, facts.at({member, look}));
  return renamed;
}

bool answered(const HostName& member, const std::vector<Look>& looks, const Facts& facts) {
  // A member that has stopped serving says Absent, which is not the cluster's answer.
  return std::ranges::any_of(
      looks, [&](const Look& look) { return std::holds_alternative<Seen>(facts.at({member, look})); });
}

}  // namespace kiln::engine
