#pragma once

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"
#include "ovsdb/operation.h"

/// OVSDB values and operations in RFC 7047's JSON notation: what goes to a server, and what plans show.

namespace kiln::ovsdb {

nlohmann::json to_json(const Value& value);
nlohmann::json to_json(const Row& row);
nlohmann::json to_json(const Operation& operation);
/// The inverses, for saved plans and the fake cluster's tests: malformed says what was expected.
Result<Value> value_from_json(const nlohmann::json& source);
Result<Operation> operation_from_json(const nlohmann::json& source);

}  // namespace kiln::ovsdb
