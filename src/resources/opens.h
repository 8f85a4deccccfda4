#pragma once

#include <vector>

#include "model/trouble.h"
#include "resources/context.h"

namespace kiln::resources {

/// What openings() looks at.
std::vector<Probe> probes_of_openings(const Desired& desired, const Placement& placement);

/// Whatever opens a database, or a switch of kiln's, to the network, and the file has not: rows of
/// Connection, Manager and Controller, arguments of the servers, what they were told while they run, and
/// sockets that nothing of these explains. What only listens on the host itself opens nothing to the network.
std::vector<Trouble> openings(const Context& context);

}  // namespace kiln::resources
