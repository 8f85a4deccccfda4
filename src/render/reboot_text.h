#pragma once

#include <string>

#include "planner/reboot.h"
#include "render/style.h"

namespace kiln::render {

/// In which order the nodes go, and the steps.
std::string reboot_text(const planner::RollingReboot& reboot, const Style& style);

/// Why nothing is done, a line for each reason.
std::string reboot_refusals_text(const planner::RollingReboot& reboot);

}  // namespace kiln::render
