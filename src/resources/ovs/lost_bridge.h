#pragma once

#include <map>
#include <string>
#include <vector>

#include "resources/context.h"

namespace kiln::resources {

inline constexpr const char* kSwitchUnit = "ovs-vswitchd.service";

/// What tells of an Open vSwitch that kiln has made run where none is wanted.
std::vector<Probe> lost_switch_probes(const HostName& host);

/// Ports that somebody else has plugged into the bridge: neither kiln's, nor OVN's own tunnels and patches.
std::vector<std::string> foreign_ports(const RowsSeen& ports, const ovsdb::Row& bridge,
                                       const std::string& cluster);

/// Bridges of ours on a node that the file no longer has there: name and row.
std::map<std::string, Uuid> lost_bridges(const Context& context, const NodeSpec& node);
void make_lost_bridges(const Context& context, Resources& resources);

}  // namespace kiln::resources
