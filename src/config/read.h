#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/diag.h"
#include "config/value.h"

namespace kiln::config {

/// The tree of a TOML text, every value and key with its place in `file`. Nothing, and one Diag, where the
/// text cannot be read: too large, not UTF-8, nested too deeply, or not TOML 1.0.
std::optional<Value> read(const std::string& file, std::string_view text, Diags& diags);

}  // namespace kiln::config
