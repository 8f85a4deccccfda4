#pragma once

#include <string>
#include <vector>

/// Pieces of a TOML file that kiln writes.

namespace kiln::cli {

/// A string in quotes.
std::string quoted(const std::string& text);
/// A key, in quotes where it needs them.
std::string as_key(const std::string& name);
/// ["a", "b"]
std::string list_of(const std::vector<std::string>& texts);

}  // namespace kiln::cli
