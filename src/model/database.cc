#include "model/database.h"

#include <array>

#include "base/assert.h"

namespace kiln {
namespace {

struct Properties {
  std::string_view short_name;
  std::string_view schema_name;
  std::string_view socket;
  std::string_view control;
  std::string_view file;
  std::string_view schema;
  std::string_view unit;
  int client_port;
  int raft_port;
};

// ovn-ctl(8) and the units of Debian's packages.
constexpr Properties kNorthbound{"nb",
                                 "OVN_Northbound",
                                 "/run/ovn/ovnnb_db.sock",
                                 "/run/ovn/ovnnb_db.ctl",
                                 "/var/lib/ovn/ovnnb_db.db",
                                 "/usr/share/ovn/ovn-nb.ovsschema",
                                 "ovn-ovsdb-server-nb.service",
                                 6641,
                                 6643};
constexpr Properties kSouthbound{"sb",
                                 "OVN_Southbound",
                                 "/run/ovn/ovnsb_db.sock",
                                 "/run/ovn/ovnsb_db.ctl",
                                 "/var/lib/ovn/ovnsb_db.db",
                                 "/usr/share/ovn/ovn-sb.ovsschema",
                                 "ovn-ovsdb-server-sb.service",
                                 6642,
                                 6644};
// ovsdb-server(8): the control socket's name holds the process id, which ovs-appctl finds by itself.
constexpr Properties kOpenVswitch{"ovs",
                                  "Open_vSwitch",
                                  "/run/openvswitch/db.sock",
                                  "ovsdb-server",
                                  "/etc/openvswitch/conf.db",
                                  "/usr/share/openvswitch/vswitch.ovsschema",
                                  "ovsdb-server.service",
                                  0,
                                  0};

const Properties& properties(Database database) {
  switch (database) {
    case Database::northbound:
      return kNorthbound;
    case Database::southbound:
      return kSouthbound;
    case Database::open_vswitch:
      return kOpenVswitch;
  }
  KILN_ASSERT(false);
}

}  // namespace

std::string_view short_name(Database database) {
  return properties(database).short_name;
}
std::string_view schema_name(Database database) {
  return properties(database).schema_name;
}
std::string_view socket_path(Database database) {
  return properties(database).socket;
}
std::string_view control_path(Database database) {
  return properties(database).control;
}
std::string_view file_path(Database database) {
  return properties(database).file;
}
std::string_view schema_path(Database database) {
  return properties(database).schema;
}
std::string global_table(Database database) {
  return database == Database::northbound ? "NB_Global" : "SB_Global";
}

std::string_view server_unit(Database database) {
  return properties(database).unit;
}
int client_port(Database database) {
  return properties(database).client_port;
}
int raft_port(Database database) {
  return properties(database).raft_port;
}

}  // namespace kiln
