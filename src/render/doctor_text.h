#pragma once

#include <string>

#include "engine/doctor.h"
#include "render/style.h"

namespace kiln::render {

/// What is not well first, worst first, each with what was seen and what would mend it; what a host that does
/// not answer leaves open is said once. Then one line for each check that passed, and the numbers.
std::string doctor_text(const engine::Checkup& checkup, const Style& style);

}  // namespace kiln::render
