#pragma once

#include <string>
#include <vector>

#include "engine/means.h"

/// Whether OVN has taken up what is in the northbound. A run that has written rows there raises
/// NB_Global.nb_cfg (ovn-nb(5)) once; ovn-northd writes it to `sb_cfg` and to SB_Global when it has written
/// what belongs to it, and each ovn-controller to its row of Chassis_Private when its flows are in place.
/// `hv_cfg` is the least of these, and hangs on one chassis that is off: it is not asked.

namespace kiln::engine {

inline constexpr Duration kPropagateDeadline{30000};

/// A step that is done has written rows of the northbound.
bool wrote_northbound(const Plan& plan, const Report& report);

/// Raises nb_cfg, and waits for ovn-northd and these chassis. A line for each that has not followed in the
/// end; none: everybody has. A request without an answer is sent again: a number more costs nothing.
std::vector<std::string> propagate(const std::vector<HostName>& chassis, const Means& means,
                                   Duration deadline = kPropagateDeadline);

/// The same for all chassis that do their work, unless there is no northbound, or ovn-northd is known not to
/// work.
std::vector<std::string> propagate_to_all(const Desired& desired, const Facts& facts, Seams& seams,
                                          const Limits& limits, Waiter& waiter);

}  // namespace kiln::engine
