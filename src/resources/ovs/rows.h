#pragma once

#include <set>
#include <string>

#include "model/fact.h"
#include "model/look.h"

namespace kiln::resources {

/// The looks at a host's Open_vSwitch database that several kinds share, so that they are one read.
inline RowsLook open_vswitch_look() {
  return {Database::open_vswitch, "Open_vSwitch", {"external_ids"}};
}
/// The elements of a key that is a list whose order means nothing (ovn-controller(8)), addresses in their
/// normal form.
std::set<std::string> elements_of(const std::string& text);
/// Its external_ids: the table has one row. Null if it is not known or not there.
inline const ovsdb::Value* switch_external_ids(const Facts& facts, const HostName& host) {
  const auto* seen = facts.seen<RowsSeen>(host, open_vswitch_look());
  if (!seen || seen->rows().empty()) return nullptr;
  return &column(seen->rows().begin()->second, "external_ids");
}
inline RowsLook bridges_look() {
  return {Database::open_vswitch,
          "Bridge",
          {"controller", "datapath_type", "external_ids", "fail_mode", "name", "ports"}};
}
inline RowsLook ports_look() {
  return {
      Database::open_vswitch, "Port", {"external_ids", "interfaces", "name", "tag", "trunks", "vlan_mode"}};
}
inline RowsLook managers_look() {
  return {Database::open_vswitch, "Manager", {"target"}};
}
inline RowsLook controllers_look() {
  return {Database::open_vswitch, "Controller", {"target"}};
}
inline RowsLook interfaces_look() {
  return {Database::open_vswitch,
          "Interface",
          {"bfd_status", "error", "external_ids", "name", "ofport", "options", "type"}};
}

/// The southbound's: who is a chassis (ovn-sb(5)).
inline RowsLook chassis_look() {
  return {Database::southbound, "Chassis", {"encaps", "name"}};
}
inline RowsLook encaps_look() {
  return {Database::southbound, "Encap", {"chassis_name", "ip", "type"}};
}
inline RowsLook chassis_private_look() {
  return {Database::southbound, "Chassis_Private", {"name"}};
}

/// Keys of external_ids of Open_vSwitch (ovn-controller(8)).
inline constexpr const char* kDatapathType = "ovn-bridge-datapath-type";
inline constexpr const char* kEncapDefault = "ovn-encap-ip-default";
/// external_ids of Open_vSwitch, kiln's own: "others" on a chassis whose databases are of [cluster]
/// central-ips. It is no sign that the deployment has any of its own.
inline constexpr const char* kCentralsKey = "kiln-centrals";
inline constexpr const char* kOfOthers = "others";

inline constexpr const char* kIntegrationBridge = "br-int";

/// The unit that gives a bridge of ours its address.
inline std::string bridge_unit(const std::string& bridge) {
  return "kiln-bridge-" + bridge + ".service";
}
/// The address that the unit on the host gives the bridge, "10.0.1.12/24", or "".
std::string address_in_unit(const Facts& facts, const HostName& host, const std::string& bridge);

/// The unit that makes a workload's namespace and link, and the kind in its marks.
inline std::string workload_unit(const std::string& workload) {
  return "kiln-workload-" + workload + ".service";
}
inline constexpr const char* kWorkloadKind = "workload";

}  // namespace kiln::resources
