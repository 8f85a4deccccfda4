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
/// `key = value` in a line of its own; as a hint in a comment, if there is one, where there is no value.
std::string entry(const char* key, const std::string& value, const char* hint = "");
/// `key = value` in a line of its own; nothing where it is what holds without the line.
std::string entry(const char* key, int value, int otherwise);
std::string entry(const char* key, bool value, bool otherwise);

}  // namespace kiln::cli
