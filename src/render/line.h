#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/seams.h"
#include "render/style.h"

/// Fitting text into lines. Widths are counted in code points.

namespace kiln::render {

std::size_t width_of(std::string_view text);

/// Safe to show in one line: control characters (line ends and escapes among them) as "\n", "\x1b".
std::string one_line(std::string_view text);

/// At most `width` columns: the middle of a longer text gives way to an ellipsis.
std::string elide(std::string_view text, std::size_t width, const Style& style);

/// At most `width` columns: the end of a longer text gives way to an ellipsis.
std::string cut(std::string_view text, std::size_t width, const Style& style);

/// With spaces behind up to `width` columns.
std::string pad(std::string_view text, std::size_t width);

/// Broken between words into lines of at most `width` columns; a longer word is broken within. At least
/// one line.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

/// `first`, then the wrapped text with its later lines under the first one; ends with a line end.
std::string hanging(std::string_view first, std::string_view text, const Style& style,
                    Tone tone = Tone::plain);

/// "350 ms", "12.4 s", "3 min 5 s".
std::string duration_text(Duration duration);

}  // namespace kiln::render
