#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "planner/recheck.h"
#include "render/style.h"

namespace kiln::render {

/// Why a saved plan is not applied: each fact with what it was and what it is, and the steps that it voids.
std::string stale_text(const std::vector<planner::Stale>& stale, const Style& style);
/// {"format_version", "plan_id", "result": "stale", "mutations": 0, "stale": [{"resource", "host", "fact",
/// "planned", "now", "voids"}]}
nlohmann::json stale_json(const std::string& plan_id, const std::vector<planner::Stale>& stale);

}  // namespace kiln::render
