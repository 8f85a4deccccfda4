#include <map>

#include "resources/context.h"
#include "resources/nb/rows.h"
#include "resources/works_parts.h"

namespace kiln::resources {
namespace {

/// A key of a map of ovn-nb(5), and the value with which it does what it does where it is not there.
struct Key {
  const char* does;
  const char* idle = "";
};
using Keys = std::map<std::string, Key>;

const Keys& keys_of_ports() {  // Logical_Switch_Port, options
  static const Keys kKeys = {
      {"activation-strategy", {"packets wait until the port is seen on its new chassis"}},
      {"disable_arp_nd_rsp", {"OVN answers nobody who asks for its MAC address", "false"}},
      {"disable_garp_rarp", {"its chassis does not announce it", "false"}},
      {"force_fdb_lookup", {"addresses learned behind it come before those of ports", "false"}},
      {"iface-id-ver", {"only an interface with this external_ids:iface-id-ver is bound"}},
      {"mcast_flood", {"all multicast packets go to it", "false"}},
      {"mcast_flood_reports", {"multicast reports go to it", "false"}},
      {"qos_burst", {"its bandwidth is limited"}},
      {"qos_max_rate", {"its bandwidth is limited"}},
      {"qos_min_rate", {"bandwidth is kept for it"}},
      {"requested-chassis", {"no other chassis binds the port"}},
      {"vif-plug-type", {"the chassis plugs its interface by itself"}}};
  return kKeys;
}

const Keys& keys_of_switches() {  // Logical_Switch, other_config
  static const Keys kKeys = {
      {"broadcast-arps-to-all-routers", {"ARP requests that no router owns reach none", "true"}},
      {"ct-zone-limit", {"connections beyond that number are not tracked"}},
      {"exclude_ips", {"northd gives ports without an address none of these"}},
      {"fdb_age_threshold", {"addresses that were learned are forgotten after that time", "0"}},
      {"ipv6_prefix", {"northd gives addresses to ports that ask for one"}},
      {"mac_only", {"northd gives MAC addresses to ports that ask for one", "false"}},
      {"ic-vxlan_mode", {"it is tunnelled by VXLAN's rules", "false"}},
      {"mcast_flood_unregistered", {"multicast that nobody has joined goes to all ports", "false"}},
      {"mcast_idle_timeout", {"groups are forgotten after that time", "300"}},
      {"mcast_querier", {"northd asks who has joined which group, or does not", "true"}},
      {"mcast_query_max_response", {"who has joined a group answers within that time", "1"}},
      {"mcast_snoop", {"multicast goes only to who has joined its group", "false"}},
      {"mcast_table_size", {"no more groups than that are known", "2048"}},
      {"requested-tnl-key", {"tunnels name the switch by this number"}},
      {"subnet", {"northd gives addresses to ports that ask for one"}},
      {"vlan-passthru", {"packets with a VLAN tag are let through", "false"}}};
  return kKeys;
}

void judge_keys(const ovsdb::Row& row, const char* column_name, const Keys& keys, const ResourceId& id,
                const std::string& where, std::vector<Trouble>& troubles) {
  for (const auto& [key, value] : column(row, column_name).as_string_map()) {
    const auto known = keys.find(key);
    if (known != keys.end() && value == known->second.idle) continue;
    troubles.push_back(
        {id, kCluster,
         std::string(column_name) + ':' + key + " = " + value +
             " is somebody's: " + (known == keys.end() ? "ovn-nb(5) says what it does" : known->second.does),
         "`ovn-nbctl remove " + where + ' ' + column_name + ' ' + key + '`', Passing::by_hand});
  }
}

}  // namespace

void add_key_troubles(const Context& context, std::vector<Trouble>& troubles) {
  const std::string& cluster = context.desired.cluster.name;
  if (const auto* rows = context.facts.seen<RowsSeen>(kCluster, switches_look()))
    for (const auto& [name, spec] : context.desired.switches)
      for (const Uuid& uuid : rows->owned(context.mark(logical_switch_id(name))))
        judge_keys(rows->rows().at(uuid), "other_config", keys_of_switches(), logical_switch_id(name),
                   "Logical_Switch " + uuid.text(), troubles);
  if (const auto* rows = context.facts.seen<RowsSeen>(kCluster, switch_ports_look()))
    for (const auto& [name, uuid] : owned_names(*rows, cluster, kPortKind))
      judge_keys(rows->rows().at(uuid), "options", keys_of_ports(), {kPortKind, name},
                 "Logical_Switch_Port " + uuid.text(), troubles);
}

}  // namespace kiln::resources
