#pragma once

#include <string>
#include <vector>

#include "resources/context.h"

namespace kiln::resources {

/// Why no packet goes from one workload to the other, as far as facts tell: troubles() of what they are made
/// of, ports that are not up or are disabled, a chassis that OVN_Southbound does not know, a tunnel that is
/// not there, and what others have on the switch that could. Needs the facts that planning needs. Empty if
/// nothing is seen.
std::vector<std::string> in_the_way(const Context& context, const CheckSpec& check);

}  // namespace kiln::resources
