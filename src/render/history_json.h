#pragma once

#include <nlohmann/json_fwd.hpp>

#include "render/history_text.h"

namespace kiln::render {

/// What history_text shows; runs have their steps where it is detailed.
nlohmann::json history_json(const History& history);

}  // namespace kiln::render
