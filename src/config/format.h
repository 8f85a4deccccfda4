#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "model/describe.h"

namespace kiln::config {

/// Why a text does not have its format.
struct TextProblem {
  std::string slug;
  std::string wanted;  ///< "an IP address"
  std::string why;     ///< what is wrong with it in particular, or empty
  std::string help;    ///< one thing to do, or empty
};

/// The normal form of a text: addresses as RFC 5952 and lower case, one space between words.
std::expected<std::string, TextProblem> normal_text(Format format, std::string_view text);

/// True if it is its own normal form.
bool is_normal(Format format, std::string_view text);

/// What of a normal text must not be in a list twice: two levels of one place contradict each other.
std::string once_in_a_list(Format format, const std::string& text);

/// What a text of this format is, with its article: "an IP address".
std::string wanted(Format format);

/// In backticks, cut where it is very long.
std::string in_backticks(std::string_view text);

/// How many characters a UTF-8 text has.
std::size_t code_points(std::string_view text);

}  // namespace kiln::config
