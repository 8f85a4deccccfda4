#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/diag.h"

namespace kiln::render {

/// Two spaces deep, with a line end. Bytes that are not UTF-8 become U+FFFD: never fails.
std::string json_text(const nlohmann::json& json);

/// {"file", "line", "column", "end_line", "end_column"}, or null where the place is not known.
nlohmann::json to_json(const Span& span);

/// Findings for programs: {"severity", "slug", "message", "span", "notes", "help"} each.
nlohmann::json to_json(const Diags& diags);

}  // namespace kiln::render
