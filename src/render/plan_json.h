#pragma once

#include <nlohmann/json_fwd.hpp>

#include "render/plan_summary.h"

namespace kiln::render {

/// Grows by new keys within a major version; a new major version is for readers to refuse.
inline constexpr const char* kPlanFormat = "1.2";

/// The whole plan, as schemas/plan.schema.json describes it. It holds no secret, as plans hold none.
nlohmann::json plan_json(const Plan& plan, const Answers& answers);

/// [{"resource", "host", "seen", "mend"}, …]
nlohmann::json troubles_json(const std::vector<Trouble>& troubles);

/// {"type": "write-file", "text": describe(action), …} with everything that the action is.
nlohmann::json to_json(const Action& action);
/// {"type": "database-connected", "text": describe(condition), …}
nlohmann::json to_json(const Condition& condition);

}  // namespace kiln::render
