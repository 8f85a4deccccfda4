#pragma once

#include <string>
#include <string_view>

#include "model/plan.h"

namespace kiln::planner {

/// First 12 hexadecimal digits of FNV-1a with 128 bits: tells plans apart, keeps nobody from forging one.
std::string fingerprint(std::string_view text);

/// What the plan says of cluster, changes and steps; spans, reasons and warnings do not count.
std::string fingerprint(const Plan& plan);

}  // namespace kiln::planner
