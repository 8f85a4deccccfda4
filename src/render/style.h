#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

/// How words look on one output: colours, symbols and width, decided once and then handed down.

namespace kiln::render {

enum class ColorChoice { automatic, always, never };

/// What a colour is for. No meaning is carried by colour alone: a word or a symbol says the same.
enum class Tone { plain, strong, dim, good, warn, bad };

/// The value of an environment variable, "" where it is not set.
using Environment = std::function<std::string(const std::string& name)>;

struct Style {
  bool color = false;
  bool utf8 = false;
  std::size_t width = 80;  ///< columns

  /// `text` between the escape sequences of `tone`; just `text` without colours.
  std::string paint(Tone tone, std::string_view text) const;
  std::string_view arrow() const { return utf8 ? "→" : "->"; }
  std::string_view ellipsis() const { return utf8 ? "…" : "..."; }
  std::string_view tick() const { return utf8 ? "✓" : "ok"; }
  std::string_view cross() const { return utf8 ? "✗" : "FAILED"; }
};

/// `--color` wins, then NO_COLOR, then CLICOLOR_FORCE; else colours are for terminals that are not dumb.
bool use_color(ColorChoice choice, bool terminal, const Environment& environment);

/// True if the locale's character set is UTF-8: LC_ALL, else LC_CTYPE, else LANG.
bool use_utf8(const Environment& environment);

}  // namespace kiln::render
