#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/status.h"

namespace kiln::render {

/// Everything of the status, and "healthy".
nlohmann::json status_json(const engine::Status& status);

}  // namespace kiln::render
