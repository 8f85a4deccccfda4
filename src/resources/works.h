#pragma once

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

/// `ovn-northd status`: "active", "standby" or "paused" of "Status: active" (ovn-northd(8)).
AppctlLook northd_status_look();
std::string northd_status(const TextSeen& seen);

/// `ovn-controller connection-status`: "connected" (ovn-controller(8)).
AppctlLook connection_status_look();

}  // namespace kiln::resources
