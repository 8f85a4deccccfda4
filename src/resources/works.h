#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/trouble.h"
#include "resources/context.h"

namespace kiln::resources {

/// What troubles() looks at.
std::vector<Probe> probes_of_works(const Desired& desired, const Placement& placement);

/// Whatever is as the file wants it and does not do its work, or does not tell. The one place that decides
/// it: plan, the proof of apply, `status` and `doctor` ask here. What has a change is not judged (its daemon
/// does not run, its row is another): the change says it. Sorted by resource.
std::vector<Trouble> troubles(const Context& context);

/// It is of a member of a database: `status` and `doctor` tell of these where they tell of members.
inline bool is_of_member(const Trouble& trouble) {
  return trouble.resource.kind == database_id("", Database::northbound).kind;
}

/// What a tunnel adds to each packet of the overlay: its Ethernet header (14), the tunnel's own (Geneve with
/// OVN's option 16, VXLAN 8), UDP (8), IP (20 or 40).
int tunnel_overhead(const NodeSpec& node, const std::string& encap_ip);
/// The link that tunnels from this encap address leave by: of the one that holds the address and the port of
/// its bridge, one that is down, else that with the smaller MTU. Null if no link has the address.
const LinkSeen* underlay(const NodeSpec& node, const std::string& encap_ip, const HostSeen& host);

/// Part of troubles(): a sequence number of OVN's is behind. It may be for a moment only, as whoever has just
/// raised one sees, so that it is looked at again before it is told.
bool any_behind(const Context& context);
/// What tells it.
std::vector<Probe> sequence_probes();

/// nb_cfg and sb_cfg of NB_Global (ovn-nb(5)): asked for, and taken up by ovn-northd.
RowsLook northbound_sequence_look();
/// nb_cfg of SB_Global: asked of each chassis; and of each row of Chassis_Private: reached (ovn-sb(5)).
RowsLook southbound_sequence_look();
RowsLook chassis_sequence_look();
/// The column in the table's first row, 0 without one.
std::int64_t sequence_of(const RowsSeen* rows, const std::string& name);
/// What the chassis has reached, of rows of Chassis_Private: nothing if it has none.
std::optional<std::int64_t> reached_by(const RowsSeen& chassis, const HostName& name);
/// Chassis that are to follow: they stay, are not drained, and their ovn-controller runs.
std::vector<const NodeSpec*> chassis_at_work(const Context& context);

/// Every flow of a bridge of the file; of the integration bridge, whose flows are OVN's, how many.
FlowsLook flows_look(const std::string& bridge);

/// `ovn-northd status`: "active", "standby" or "paused" of "Status: active" (ovn-northd(8)).
AppctlLook northd_status_look();
std::string northd_status(const TextSeen& seen);

/// `ovn-controller connection-status`: "connected" (ovn-controller(8)).
AppctlLook connection_status_look();
/// `ovn-controller debug/status`: "running", or "paused" by debug/pause (ovn-controller(8)).
AppctlLook controller_debug_look();

}  // namespace kiln::resources
