#pragma once

#include <map>
#include <vector>

#include "engine/cluster.h"

namespace kiln::engine {

/// The looks at each host, in one list for one call; kCluster has its own.
std::map<HostName, std::vector<Look>> by_host(const std::vector<Probe>& probes);

/// The looks at rows of one clustered database, in one list for one snapshot. What is no look at rows of a
/// clustered database cannot be asked of kCluster and is left out.
std::map<Database, std::vector<Look>> by_database(const std::vector<Look>& looks);

/// Looks at a few probes, one host after another, in this thread: for gates. kCluster is resolved.
Facts look_at(const std::vector<Probe>& probes, transport::Transport& transport, Cluster& cluster,
              Duration timeout);

}  // namespace kiln::engine
