#pragma once

#include <string>
#include <string_view>

namespace kiln {

/// The three databases of a deployment. Paths are those of Debian's packages.
enum class Database { northbound, southbound, open_vswitch };
/// Those that a RAFT cluster may hold.
inline constexpr Database kClustered[] = {Database::northbound, Database::southbound};

/// "nb", "sb", "ovs": in resource names and file names.
std::string_view short_name(Database database);
/// "OVN_Northbound", "OVN_Southbound", "Open_vSwitch": what ovsdb-server calls it.
std::string_view schema_name(Database database);
/// The unix socket of the server on its host.
std::string_view socket_path(Database database);
/// The unixctl socket of the server on its host.
std::string_view control_path(Database database);
/// The database file on its host.
std::string_view file_path(Database database);
/// The schema that the host's package brings: what the host expects.
std::string_view schema_path(Database database);
/// "NB_Global", "SB_Global": the table with one row, which is of the database as a whole.
std::string global_table(Database database);
/// systemd's unit of the server.
std::string_view server_unit(Database database);
/// Where clients connect (6641, 6642); 0 for Open_vSwitch.
int client_port(Database database);
/// Where members of the RAFT cluster connect (6643, 6644); 0 for Open_vSwitch.
int raft_port(Database database);

}  // namespace kiln
