#pragma once

#include <vector>

#include "model/trouble.h"
#include "resources/context.h"

namespace kiln::resources {

/// What beside() and obstacles() look at.
std::vector<Probe> probes_of_beside(const Desired& desired, const Placement& placement);

/// What others have beside kiln's, and what they have set on kiln's own rows without a key of the file for
/// it: kiln leaves it alone, and says that it is there. Sorted by kind and text.
std::vector<Beside> beside(const Context& context);

/// What of it can keep packets from a port of kiln's: an ACL that drops and that no ACL which allows comes
/// before, a port that has an address of kiln's too, a load balancer with one. A policy, in which some are
/// let through before the rest is dropped, is no trouble.
std::vector<Trouble> obstacles(const Context& context);

}  // namespace kiln::resources
