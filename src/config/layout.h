#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/diag.h"

namespace kiln::config {

/// The longest line that an array stays on, in characters.
inline constexpr std::size_t kLayoutColumns = 100;

/// A TOML text in its canonical layout, which means the same and is its own layout. Comments, the order of
/// everything and blank lines stay, but of blank lines never two in a row, and one before each table. Nothing
/// is indented but the elements of an array that does not fit one line; comments behind a value keep their
/// column where they can. Values that hold a string of several lines stay byte for byte. Nothing, and a Diag,
/// where the text is not TOML.
std::optional<std::string> lay_out(const std::string& file, std::string_view text, Diags& diags);

}  // namespace kiln::config
