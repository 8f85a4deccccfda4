#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace kiln::render {

/// What of `value` does not fit the schema in the repository, one finding a line; "" if it fits. Knows the
/// part of JSON Schema draft 4 that schemas/ use: type, enum, required, properties, additionalProperties,
/// items, oneOf, $ref into definitions.
std::string schema_problems(const std::string& path, const nlohmann::json& value);

}  // namespace kiln::render
