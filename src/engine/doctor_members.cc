#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "base/text.h"
#include "engine/doctor_parts.h"
#include "engine/status_parts.h"

// Checks of `kiln doctor`: the RAFT clusters of the two databases.

namespace kiln::engine {
namespace {

using resources::Membership;

constexpr std::int64_t kJoinWithinS = 60;  ///< a join that goes well takes a second or two

/// Seconds since the host was booted. (Units' times are of CLOCK_MONOTONIC, which is the same on a host that
/// is not suspended.)
const FileLook kUptime{"/proc/uptime", true};

std::string name_of(Database database) {
  return std::string(schema_name(database));
}

std::string kick_command(Database database, const std::string& server) {
  return fmt::format("`ovn-appctl -t {} cluster/kick {} {}`", control_path(database), schema_name(database),
                     server);
}

/// Nodes whose members matter: the centrals, and whoever holds a file.
std::vector<HostName> holders(const Patient& patient, Database database) {
  std::vector<HostName> hosts = patient.placement().centrals;
  for (const NodeSpec* node : patient.desired().nodes_in_file_order())
    if (std::ranges::find(hosts, node->name) == hosts.end() &&
        !patient.facts().absent(node->name, DatabaseFileLook{database}))
      hosts.push_back(node->name);
  return hosts;
}

/// Ids of the clusters that members of this deployment are of.
std::set<std::string> clusters_of(const Patient& patient, Database database) {
  const Membership& members = patient.context.memberships.at(database);
  std::set<std::string> ids;
  for (const auto& [node, address] : members.addresses)
    if (const auto* file = patient.facts().seen<DatabaseFileSeen>(node, DatabaseFileLook{database});
        !patient.foreign.contains(node) && !file->cluster_id.empty())
      ids.insert(file->cluster_id);
  return ids;
}

/// Why the host's server does not start with its file, or "".
std::string why_refused(const Patient& patient, const HostName& host, Database database) {
  const auto* file = patient.facts().seen<DatabaseFileSeen>(host, DatabaseFileLook{database});
  return file ? file->refused : "";
}

/// Says whose member cannot be asked.
void note_silent(const Patient& patient, Database database, Examination& found) {
  for (const HostName& host : holders(patient, database))
    note_unknown(patient, host, RaftLook{database}, found);
}

/// Says it, if nobody is connected to the cluster and so can tell who its members are.
void note_unlisted(const Membership& members, Database database, Examination& found) {
  if (members.servers.empty())
    found.unknown(name_of(database), "no member that is connected to its cluster says who the others are");
}

/// Whom the members list, or, while nobody is connected, the one with the latest term: those who went away
/// are what a majority lacks.
resources::Servers last_servers(const Patient& patient, Database database) {
  resources::Servers servers = patient.context.memberships.at(database).servers;
  const RaftSeen* newest = servers.empty() ? resources::without_majority(patient.context, database) : nullptr;
  if (newest)
    for (const RaftServerSeen& server : newest->servers) servers.emplace(server.address, server.server_id);
  return servers;
}

/// Every node has answered, and no server of the database runs.
bool nobody_runs(const Patient& patient, Database database) {
  return std::ranges::all_of(holders(patient, database), [&](const HostName& host) {
    return patient.facts().absent(host, RaftLook{database});
  });
}

/// How long the database's server on the host has run, if that is known.
std::optional<std::int64_t> running_s(const Patient& patient, const HostName& host, Database database) {
  const auto* unit = patient.facts().seen<UnitSeen>(host, UnitLook{std::string(server_unit(database))});
  const auto* uptime = patient.facts().seen<FileSeen>(host, kUptime);
  if (!unit || !uptime || unit->active_since_us == 0) return std::nullopt;
  std::int64_t seconds = 0;
  const char* const end = uptime->content.data() + uptime->content.size();
  if (std::from_chars(uptime->content.data(), end, seconds).ec != std::errc()) return std::nullopt;
  return seconds - unit->active_since_us / 1000000;
}

bool knows_leader(const RaftSeen& raft) {
  return raft.role == "leader" || raft.knows_leader();
}

/// What one member says of its cluster.
void judge_member(const RaftSeen& raft, const HostName& host, Database database, Examination& found) {
  if (raft.status == "joining cluster" || raft.status == "leaving cluster") return;  // another check
  if (raft.is_member() && knows_leader(raft)) return;
  const std::string mend = fmt::format(
      "start the members that are down (`kiln apply`) and see that port {} is open between the centrals",
      raft_port(database));
  if (!raft.is_member())
    found.fail(host, fmt::format("its member of {} is: {}", schema_name(database), raft.status), mend);
  else
    found.fail(host, "its member of " + name_of(database) + " knows no leader: it is cut off from a majority",
               mend);
}

/// Several servers are listed at one address: what is there is the one that the node's file is of.
void judge_address(const Patient& patient, Database database, const std::string& address,
                   const std::set<std::string>& ids, Examination& found) {
  const Membership& members = patient.context.memberships.at(database);
  const std::string leader = members.leader.empty() ? "the leader" : members.leader;
  std::string there;
  for (const HostName& host : holders(patient, database))
    if (const auto* file = patient.facts().seen<DatabaseFileSeen>(host, DatabaseFileLook{database});
        file && file->local_address == address)
      there = file->server_id;
  std::vector<std::string> kicks;
  for (const std::string& id : ids)
    if (!there.empty() && !there.starts_with(id)) kicks.push_back(kick_command(database, id));
  found.fail(std::string(schema_name(database)),
             fmt::format("servers {} are all listed at {}: one server can be there, and the others count for "
                         "every majority",
                         fmt::join(ids, ", "), address),
             kicks.empty()
                 ? fmt::format("`ovsdb-tool db-sid {}` on that node says which one is there; on {}, for "
                               "each other: {}",
                               file_path(database), leader, kick_command(database, "ID"))
                 : "on " + leader + ": " + join(kicks, ", "));
}

/// Its host answers, and it does not: one of the troubles says so.
bool hangs(const Patient& patient, const HostName& host, Database database) {
  return patient.facts().seen<HostSeen>(host, HostLook{}) &&
         patient.facts().unknown(host, RaftLook{database}) &&
         std::ranges::any_of(patient.troubles, [&](const Trouble& trouble) {
           return trouble.resource == resources::database_id(host, database);
         });
}

std::string passed_text(const DatabaseClusterStatus& database) {
  return fmt::format("{}: {}, {}", database.name, count_of(database.members.size(), "member", "members"),
                     database.leader.empty() ? "with a leader" : "leader " + database.leader);
}

}  // namespace

void judge_quorum(const Patient& patient, Examination& found) {
  for (const auto& [database, members] : patient.context.memberships) {
    if (const std::set<std::string> clusters = clusters_of(patient, database); clusters.size() > 1)
      found.fail(
          name_of(database),
          fmt::format("the nodes hold {} different clusters: {}", clusters.size(), fmt::join(clusters, ", ")),
          "decide which of them holds the deployment; on the nodes of the other stop the server and "
          "move its file away, then `kiln apply`");
    for (const HostName& host : holders(patient, database))
      if (!hangs(patient, host, database)) note_unknown(patient, host, RaftLook{database}, found);
    for (const HostName& host : holders(patient, database))
      if (const std::string why = why_refused(patient, host, database); !why.empty())
        found.fail(host, fmt::format("ovsdb-server refuses its file of {}: {}", schema_name(database), why),
                   members.left.contains(host) ? kApply
                                               : fmt::format("`kiln recover --db {}`", short_name(database)));
    if (nobody_runs(patient, database)) found.fail(name_of(database), "no node runs a member of it", kApply);
    for (const HostName& host : holders(patient, database))
      if (const auto* raft = patient.facts().seen<RaftSeen>(host, RaftLook{database}))
        judge_member(*raft, host, database, found);
  }
  // What a member does not tell of itself.
  for (const Trouble& trouble : patient.troubles)
    for (const Database database : kClustered) {
      if (trouble.resource != resources::database_id(trouble.host, database)) continue;
      const auto* raft = patient.facts().seen<RaftSeen>(trouble.host, RaftLook{database});
      if (raft ? raft->works() : hangs(patient, trouble.host, database))
        found.fail(trouble.host, name_of(database) + ": " + trouble.seen, trouble.mend);
    }
  std::vector<std::string> texts;
  for (const DatabaseClusterStatus& database :
       databases_of(patient.desired(), patient.placement(), patient.facts()))
    texts.push_back(passed_text(database));
  found.passed = join(texts, "; ");
}

void judge_stranger_members(const Patient& patient, Examination& found) {
  for (const auto& [database, members] : patient.context.memberships) {
    note_silent(patient, database, found);
    const resources::Servers servers = last_servers(patient, database);
    const std::set<std::string> strangers =
        resources::strangers(patient.desired(), patient.facts(), database, servers);
    // What those say who are cut off may be old: it shows who is a stranger, and not that nobody is.
    if (strangers.empty()) note_unlisted(members, database, found);
    for (const std::string& address : strangers) {
      const std::string& server = servers.at(address);
      found.fail(name_of(database),
                 fmt::format("server {} at {} is a member and is at no node of the file; it counts for every "
                             "majority",
                             server, address),
                 "`kiln apply` lets it go while a majority is there; without one that will come back: `kiln "
                 "recover --db " +
                     std::string(short_name(database)) + " --forget " + server +
                     "`. A node that the file has "
                     "lost belongs back into it first");
    }
    for (const auto& [name, node] : patient.desired().dead)
      if (servers.contains(resources::ssl_address(node.address, raft_port(database))))
        found.warn(name, "is dead, and still a member of " + name_of(database), kApply);
  }
  found.passed = "every member is at a node of the file";
}

void judge_joining_members(const Patient& patient, Examination& found) {
  for (const auto& [database, members] : patient.context.memberships) {
    note_silent(patient, database, found);
    for (const HostName& host : holders(patient, database)) {
      const auto* raft = patient.facts().seen<RaftSeen>(host, RaftLook{database});
      if (!raft || (raft->status != "joining cluster" && raft->status != "leaving cluster")) continue;
      const auto since = running_s(patient, host, database);
      const std::string evidence =
          fmt::format("its member of {} is {}{}", schema_name(database), raft->status,
                      since ? fmt::format("; its server has run for {} s", *since) : "");
      const std::string mend = fmt::format(
          "if no apply is under way: `journalctl -u {0}` there says whom it asks and what they "
          "answer; then `kiln apply`, and if it is to be no central `systemctl stop {0}` there before that",
          server_unit(database));
      if (raft->status == "joining cluster" && since && *since > kJoinWithinS)
        found.fail(host, evidence, mend);
      else
        found.warn(host, evidence, mend);
    }
  }
  found.passed = "nobody is joining or leaving";
}

void judge_member_addresses(const Patient& patient, Examination& found) {
  for (const auto& [database, members] : patient.context.memberships) {
    note_silent(patient, database, found);
    note_unlisted(members, database, found);
    std::map<std::string, std::set<std::string>> servers;  // ids by address, whoever lists them
    for (const HostName& host : holders(patient, database))
      if (const auto* raft = patient.facts().seen<RaftSeen>(host, RaftLook{database});
          raft && raft->is_member())
        for (const RaftServerSeen& server : raft->servers) servers[server.address].insert(server.server_id);
    for (const auto& [address, ids] : servers)
      if (ids.size() > 1) judge_address(patient, database, address, ids, found);
    for (const std::string& node : members.left)
      if (why_refused(patient, node, database).empty())
        found.fail(node,
                   "its file of " + name_of(database) +
                       " is of a server that the members have let go: no server works with it any more",
                   kApply);
  }
  found.passed = "each member has an address of its own";
}

std::vector<Probe> doctor_member_probes(const Desired& desired) {
  std::vector<Probe> probes;
  for (const auto& [name, node] : desired.nodes) probes.push_back({name, kUptime});
  return probes;
}

}  // namespace kiln::engine
