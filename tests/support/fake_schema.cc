#include "support/fake_schema.h"

namespace kiln::test {
namespace {

using Schema = std::map<std::string, FakeTable>;

FakeTable connection() {
  return {.columns = {"target", "max_backoff", "inactivity_probe", "other_config", "external_ids",
                      "is_connected", "status"},
          .root = false,
          .single = false,
          .index = "target",
          .owns = {},
          .knows = {}};
}

FakeTable global(const std::string& extra) {
  return {.columns = {"connections", "options", "external_ids", "ssl", "ipsec", extra},
          .root = true,
          .single = true,
          .index = "",
          .owns = {{"connections", "Connection"}},
          .knows = {}};
}

Schema northbound() {
  return {{"NB_Global", global("nb_cfg")},
          {"Connection", connection()},
          {"Logical_Switch",
           {.columns = {"name", "ports", "acls", "other_config", "external_ids"},
            .root = true,
            .single = false,
            .index = "",
            .owns = {{"ports", "Logical_Switch_Port"}},
            .knows = {}}},
          {"Logical_Switch_Port",
           {.columns = {"name", "type", "options", "addresses", "port_security", "up", "enabled", "tag",
                        "external_ids"},
            .root = false,
            .single = false,
            .index = "name",
            .owns = {},
            .knows = {}}}};
}

Schema southbound() {
  return {{"SB_Global", global("nb_cfg")},
          {"Connection", connection()},
          {"Chassis",
           {.columns = {"name", "hostname", "encaps", "external_ids", "other_config"},
            .root = true,
            .single = false,
            .index = "name",
            .owns = {{"encaps", "Encap"}},
            .knows = {}}},
          {"Chassis_Private",
           {.columns = {"name", "chassis", "external_ids"},
            .root = true,
            .single = false,
            .index = "name",
            .owns = {},
            .knows = {{"chassis", "Chassis"}}}},
          {"Encap",
           {.columns = {"type", "ip", "chassis_name", "options"},
            .root = false,
            .single = false,
            .index = "",
            .owns = {},
            .knows = {}}},
          {"Port_Binding",
           {.columns = {"logical_port", "chassis", "up", "external_ids"},
            .root = true,
            .single = false,
            .index = "logical_port",
            .owns = {},
            .knows = {{"chassis", "Chassis"}}}}};
}

Schema open_vswitch() {
  return {{"Open_vSwitch",
           {.columns = {"bridges", "external_ids", "other_config", "ovs_version"},
            .root = true,
            .single = true,
            .index = "",
            .owns = {{"bridges", "Bridge"}},
            .knows = {}}},
          {"Bridge",
           {.columns = {"name", "ports", "datapath_type", "fail_mode", "external_ids", "other_config"},
            .root = false,
            .single = false,
            .index = "name",
            .owns = {{"ports", "Port"}},
            .knows = {}}},
          {"Port",
           {.columns = {"name", "interfaces", "external_ids", "other_config", "tag", "trunks", "vlan_mode"},
            .root = false,
            .single = false,
            .index = "name",
            .owns = {{"interfaces", "Interface"}},
            .knows = {}}},
          {"Interface",
           {.columns = {"name", "type", "options", "external_ids", "other_config"},
            .root = false,
            .single = false,
            .index = "name",
            .owns = {},
            .knows = {}}}};
}

}  // namespace

const std::map<std::string, FakeTable>& fake_schema(Database database) {
  static const Schema kNorthbound = northbound();
  static const Schema kSouthbound = southbound();
  static const Schema kOpenVswitch = open_vswitch();
  if (database == Database::northbound) return kNorthbound;
  return database == Database::southbound ? kSouthbound : kOpenVswitch;
}

}  // namespace kiln::test
