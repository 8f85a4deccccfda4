#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/diag.h"
#include "config/value.h"

namespace kiln::config {

/// What the parser said.
struct SyntaxError {
  std::string_view text;  ///< the whole file
  Span span;
  std::string message;          ///< the parser's words
  std::optional<Value> before;  ///< the file up to the line of the error, if that can be read
};

/// The text in front of a line.
std::string_view text_before(std::string_view text, int line);

/// In kiln's words: `duplicate-definition` with both places for what is there twice, else `toml-syntax`.
/// Holds nothing of a value that may be a secret.
Diag explain(const SyntaxError& error);

}  // namespace kiln::config
