#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kiln {

/// Parts between `separator`; an empty text has no parts, "a,,b" has three.
std::vector<std::string> split(std::string_view text, char separator);

/// With `separator` between the parts.
std::string join(const std::vector<std::string>& parts, std::string_view separator);

/// Without the byte order mark that some editors put in front of UTF-8.
std::string_view without_bom(std::string_view text);

/// Without white space at both ends.
std::string_view trim(std::string_view text);

/// `names` that are near to `name` (edit distance up to a third of its length), nearest first; at most one
/// is what a help text should show.
std::vector<std::string> near_names(std::string_view name, const std::vector<std::string>& names);

/// "1 step", "3 steps".
std::string count_of(std::size_t count, std::string_view singular, std::string_view plural);

}  // namespace kiln
