#pragma once

#include <string>

#include "resources/context.h"
#include "resources/paths.h"

namespace kiln::resources {

/// What boot starts: it wants the three daemons, and they are PartOf= it.
inline constexpr const char* kCentralUnit = "ovn-central.service";
inline constexpr const char* kNorthdUnit = "ovn-northd.service";

inline std::string server_environment_path(Database database) {
  return std::string(kHostDirectory) + "/ovn-" + std::string(short_name(database)) + ".env";
}
inline std::string northd_environment_path() {
  return std::string(kHostDirectory) + "/ovn-northd.env";
}

/// Connection rows of a clustered database: where its servers listen.
inline RowsLook connections_look(Database database) {
  return {database, "Connection", {"external_ids", "inactivity_probe", "target"}};
}

/// What makes plain `ovn-nbctl` find the databases.
inline constexpr const char* kNbctlPath = "/usr/local/bin/ovn-nbctl";

/// Steps that change the cluster of one database go one at a time.
inline std::string raft_pool(Database database) {
  return "raft/" + std::string(short_name(database));
}

/// What tells of an ovn-northd of kiln's where none is wanted.
std::vector<Probe> lost_northd_probes(const HostName& host);

/// ovsdb-server(1), cluster/status: what a server says that does not have the database any more.
inline constexpr const char* kUnknownCluster = "unknown cluster";

/// A server that is a member and of no node of the file: "database/1a2b/nb", and where that is what another
/// server or a node is called, as RAFT tells four digits of an id, "database/1a2b@192.0.2.99:6643/nb".
ResourceId stranger_id(const Context& context, const Membership& members, const std::string& address,
                       Database database);

/// Members of nodes that the file no longer makes centrals.
void make_lost_databases(const Context& context, Resources& resources);

}  // namespace kiln::resources
