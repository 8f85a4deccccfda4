#include "engine/observe.h"

#include <algorithm>
#include <mutex>
#include <set>

#include "engine/cluster.h"
#include "engine/look.h"

namespace kiln::engine {
namespace {

struct HostLooks {
  HostName host;
  std::vector<Look> looks;
};

/// Why nothing is known of a host, or "" if anything is.
std::string problem_of(const Facts& facts) {
  std::string first;
  for (const auto& [probe, fact] : facts.all()) {
    const auto* unknown = std::get_if<Unknown>(&fact);
    if (!unknown) return {};
    if (first.empty()) first = unknown->why;
  }
  return first;
}

/// Every probe once, with those that say who is to be asked for the cluster's rows.
std::vector<HostLooks> looks_of_hosts(const Desired& desired, const std::vector<Probe>& probes,
                                      const std::map<Database, std::vector<Look>>& cluster_rows) {
  std::set<Probe> all;
  for (const Probe& probe : probes)
    if (probe.host != kCluster) all.insert(probe);
  for (const auto& [database, rows] : cluster_rows)
    for (Probe& probe : member_probes(desired, database)) all.insert(std::move(probe));
  std::vector<HostLooks> hosts;
  for (auto& [host, looks] : by_host({all.begin(), all.end()})) hosts.push_back({host, std::move(looks)});
  return hosts;
}

/// Whoever may write to the northbound may have written its address there.
Facts not_contacted(const NodeSpec& node, const std::vector<Look>& looks) {
  Facts facts;
  for (const Look& look : looks)
    facts.set({node.name, look},
              Unknown{"it is not contacted: only the northbound knows its address " + node.address});
  return facts;
}

Facts read_rows(const Desired& desired, Database database, const std::vector<Look>& looks, const Facts& facts,
                Seams& seams, const Limits& limits) {
  const Members members = members_of(desired, database, facts);
  for (const HostName& host : members.usable) {
    const Facts rows = seams.transport.look(host, looks, limits.look_timeout);
    if (answered(host, looks, rows)) return as_cluster(host, looks, rows);
  }
  if (members.absent) return same_answer(looks, Absent{});
  return same_answer(looks, Unknown{members.usable.empty() ? members.why : "no member answered"});
}

}  // namespace

Facts observe_with(const Desired& desired, const std::vector<Probe>& probes, Seams& seams,
                   const Limits& limits, Runner& runner) {
  Announcer announcer(seams.events, seams.clock);
  std::set<Look> of_cluster;
  for (const Probe& probe : probes)
    if (probe.host == kCluster) of_cluster.insert(probe.look);
  const auto cluster_rows = by_database({of_cluster.begin(), of_cluster.end()});
  const std::vector<HostLooks> hosts = looks_of_hosts(desired, probes, cluster_rows);

  Facts facts;
  std::mutex mutex;
  for_each(runner, hosts.size(), limits.parallel_hosts, [&](std::size_t at) {
    const auto& [host, looks] = hosts[at];
    const auto node = desired.nodes.find(host);
    if (node != desired.nodes.end() && node->second.out_of_reach) {
      const std::lock_guard lock(mutex);
      return facts.merge(not_contacted(node->second, looks));  // plan tells it, and nobody looks
    }
    announcer.say(host, Looking{.host = host, .done = false, .problem = {}});
    Facts found = seams.transport.look(host, looks, limits.look_timeout);
    announcer.say(host, Looking{.host = host, .done = true, .problem = problem_of(found)});
    const std::lock_guard lock(mutex);
    facts.merge(std::move(found));
  });
  // Every host has answered or is unknown: it is known whom to ask for what the cluster holds.
  std::vector<std::pair<Database, std::vector<Look>>> databases(cluster_rows.begin(), cluster_rows.end());
  std::vector<Facts> rows(databases.size());
  for_each(runner, databases.size(), limits.parallel_hosts, [&](std::size_t at) {
    rows[at] = read_rows(desired, databases[at].first, databases[at].second, facts, seams, limits);
  });
  for (Facts& found : rows) facts.merge(std::move(found));
  return facts;
}

Facts observe(const Desired& desired, const std::vector<Probe>& probes, Seams& seams, const Limits& limits) {
  ThreadRunner runner;
  return observe_with(desired, probes, seams, limits, runner);
}

}  // namespace kiln::engine
