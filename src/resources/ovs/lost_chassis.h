#pragma once

#include <string>
#include <vector>

#include "resources/context.h"

namespace kiln::resources {

inline constexpr const char* kControllerUnit = "ovn-controller.service";
inline constexpr const char* kHostUnit = "ovn-host.service";  ///< what boot starts; it wants ovn-controller

/// What tells of an ovn-controller of kiln's where none is wanted.
std::vector<Probe> lost_chassis_probes(const HostName& host);
/// Chassis of nodes that the file no longer makes one, and of nodes that are dead.
void make_lost_chassis(const Context& context, Resources& resources);

/// Deletes the rows that are there now: those that ovn-controller has not taken out itself. Without an action
/// where there is none.
Step forget_step(const Change& change, const Facts& facts, const std::string& chassis);

/// Workloads of ours on a host that is to have none.
std::vector<ResourceId> lost_workloads(const Context& context, const HostName& host);

}  // namespace kiln::resources
