#pragma once

#include <string>
#include <vector>

#include "model/trouble.h"
#include "resources/context.h"

/// What works.cc asks of each part of a deployment. A part adds what it finds; what has a change, or a cause
/// that another part tells, it leaves alone.

namespace kiln::resources {

/// The unit runs.
inline bool is_active(const Facts& facts, const HostName& host, const std::string& unit) {
  const auto* seen = facts.seen<UnitSeen>(host, UnitLook{unit});
  return seen && seen->active_state == "active";
}

/// Links of a node that are down or have no carrier: its bridges' with their ports, and those
/// with its tunnel endpoints; and an endpoint on a link from which no tunnel leaves.
void add_link_troubles(const Context& context, const NodeSpec& node, const HostSeen& host,
                       std::vector<Trouble>& troubles);

/// The node's Open vSwitch has the file's endpoints, or does not tell. Otherwise the chassis' change writes
/// them, and the southbound and the others' tunnels follow.
bool encaps_are_written(const Facts& facts, const NodeSpec& node);

/// For each two chassis of the file that answer and of which nothing is told yet: the tunnels on the
/// integration bridge of the one that lead to the other.
void add_tunnel_troubles(const Context& context, std::vector<Trouble>& troubles);

/// Keys that others have set in maps of kiln's rows (Logical_Switch.other_config,
/// Logical_Switch_Port.options), with what they do: kiln writes none there, and takes none away.
void add_key_troubles(const Context& context, std::vector<Trouble>& troubles);

/// ovn-northd, and chassis, that are behind what the databases ask of them.
void add_sequence_troubles(const Context& context, std::vector<Trouble>& troubles);

}  // namespace kiln::resources
