#include "engine/look.h"

#include <utility>

namespace kiln::engine {

std::map<HostName, std::vector<Look>> by_host(const std::vector<Probe>& probes) {
  std::map<HostName, std::vector<Look>> looks;
  for (const Probe& probe : probes) looks[probe.host].push_back(probe.look);
  return looks;
}

std::map<Database, std::vector<Look>> by_database(const std::vector<Look>& looks) {
  std::map<Database, std::vector<Look>> by_database;
  for (const Look& look : looks)
    if (const auto* rows = std::get_if<RowsLook>(&look); rows && rows->database != Database::open_vswitch)
      by_database[rows->database].push_back(look);
  return by_database;
}

Facts look_at(const std::vector<Probe>& probes, transport::Transport& transport, Cluster& cluster,
              Duration timeout) {
  Facts facts;
  for (const auto& [host, looks] : by_host(probes)) {
    if (host != kCluster) {
      facts.merge(transport.look(host, looks, timeout));
      continue;
    }
    for (const auto& [database, rows] : by_database(looks)) facts.merge(cluster.look(database, rows));
  }
  return facts;
}

}  // namespace kiln::engine
