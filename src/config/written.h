#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// TOML as it is written: tokens with their comments, which a parser would lose. For text that `read` took;
/// nothing here reports an error.

namespace kiln::config {

struct WrittenItem;

/// A value.
struct Written {
  enum class Kind { scalar, array, table };

  Kind kind = Kind::scalar;
  std::string text;                 ///< of a scalar: the token; else all of it, byte for byte
  bool fixed = false;               ///< it holds what is left byte for byte: a string of several lines
  std::vector<WrittenItem> items;   ///< of an array or `{ … }`
  std::vector<std::string> behind;  ///< comments between the last item and the bracket

  bool has_comments() const;
};

/// What stands between two commas.
struct WrittenItem {
  std::vector<std::string> above;  ///< comments on lines of their own
  std::string key;                 ///< of an item of `{ … }`
  Written value;
  std::string comment;  ///< on its line, or ""
};

/// Reads tokens from left to right.
class Tokens {
 public:
  explicit Tokens(std::string_view text) : text_(text) {}

  bool done() const { return at_ >= text_.size(); }
  char peek() const { return done() ? '\0' : text_[at_]; }
  std::size_t position() const { return at_; }
  /// Over this character, if it is there.
  bool take(char c);
  /// Over spaces and tabs, and the first half of a line end of Windows.
  void skip_spaces();
  /// A comment without the spaces behind it.
  std::string take_comment();
  /// `a."b c".d`, with double quotes where they say the same, and without spaces around the dots.
  std::string take_key();
  Written take_value();

 private:
  Written take_string();
  Written take_array();
  Written take_table();
  std::string take_key_part();

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace kiln::config
