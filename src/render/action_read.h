#pragma once

#include "model/plan.h"
#include "render/json_fields.h"

namespace kiln::render {

/// The inverses of to_json() for actions and conditions (render/plan_json.h). Throw Malformed.
Action read_action(const Fields& fields);
Condition read_condition(const Fields& fields);

}  // namespace kiln::render
