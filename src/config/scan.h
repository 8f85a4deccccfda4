#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/diag.h"

namespace kiln::config {

inline constexpr std::size_t kLargestFile = std::size_t{16} << 20;
inline constexpr int kDeepestNesting = 64;

/// What must hold before a parser sees the text: its size, UTF-8, nothing but ASCII outside strings and
/// comments, and no nesting that could exhaust the stack of a recursive parser. The first finding, or
/// nothing.
std::optional<Diag> scan(const std::string& file, std::string_view text);

}  // namespace kiln::config
