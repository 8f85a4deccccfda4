#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/doctor.h"

namespace kiln::render {

/// Every check with its verdict and findings: schemas/doctor.schema.json.
nlohmann::json doctor_json(const engine::Checkup& checkup);

}  // namespace kiln::render
