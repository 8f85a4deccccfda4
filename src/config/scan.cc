#include "config/scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace kiln::config {
namespace {

/// Octets of the well-formed UTF-8 sequence at the start of `text` (Unicode 15, table 3-7); 0 if there is
/// none.
std::size_t sequence_length(std::string_view text) {
  const auto octet = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char first = octet(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  const unsigned char lowest = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  const unsigned char highest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  if (octet(1) < lowest || octet(1) > highest) return 0;
  for (std::size_t at = 2; at < length; ++at)
    if (octet(at) < 0x80 || octet(at) > 0xbf) return 0;
  return length;
}

/// Walks over the text and knows what is string and what is comment. Not a parser: a text that is not TOML
/// passes, and the parser will say so.
class Scanner {
 public:
  Scanner(const std::string& file, std::string_view text) : file_(file), text_(text) {}

  std::optional<Diag> run() {
    while (at_ < text_.size()) {
      if (sequence_length(text_.substr(at_)) == 0) return not_utf8();
      if (depth_ > kDeepestNesting || dots_ >= kDeepestNesting) return too_deep();
      // toml++ 3.3.0 runs into its own "unreachable" at some of them.
      if (state_ == State::code && code_point() >= 0x80) return not_ascii();
      step();
    }
    return std::nullopt;
  }

 private:
  enum class State { code, comment, string };

  void step() {
    const char c = text_[at_];
    if (state_ == State::comment && c == '\n') state_ = State::code;
    if (state_ == State::string) return step_in_string(c);
    if (state_ == State::code) step_in_code(c);
    advance(state_ == State::string ? quote_.size() : 1);
  }

  void step_in_code(char c) {
    if (c == '#') state_ = State::comment;
    if (c == '[' || c == '{') ++depth_;
    if (c == ']' || c == '}') depth_ = std::max(0, depth_ - 1);
    if (c == '.') ++dots_;
    if (std::string_view("\n=,[]{}").find(c) != std::string_view::npos) dots_ = 0;
    if (c != '"' && c != '\'') return;
    const bool multi_line = text_.substr(at_, 3) == std::string(3, c);
    quote_ = std::string(multi_line ? 3 : 1, c);
    state_ = State::string;
  }

  void step_in_string(char c) {
    if (c == '\\' && quote_.front() == '"' && at_ + 1 < text_.size() && text_[at_ + 1] != '\n' &&
        static_cast<unsigned char>(text_[at_ + 1]) < 0x80)
      return advance(2);
    const bool closed = text_.substr(at_, quote_.size()) == quote_;
    const bool broken = c == '\n' && quote_.size() == 1;  // the parser will say so
    if (closed || broken) state_ = State::code;
    advance(closed ? quote_.size() + quotes_before_the_end() : 1);
  }

  /// Of the quotes that close a string of several lines up to two are its last characters (TOML 1.0, String).
  std::size_t quotes_before_the_end() const {
    if (quote_.size() == 1) return 0;
    const std::string_view rest = text_.substr(at_ + quote_.size());
    return std::min<std::size_t>({2, rest.find_first_not_of(quote_.front()), rest.size()});
  }

  /// Over `count` characters.
  void advance(std::size_t count) {
    for (; count > 0 && at_ < text_.size(); --count) {
      const bool line_end = text_[at_] == '\n';
      at_ += std::max<std::size_t>(1, sequence_length(text_.substr(at_)));
      line_ += line_end ? 1 : 0;
      column_ = line_end ? 1 : column_ + 1;
    }
  }

  /// Of the well-formed character here.
  char32_t code_point() const {
    const std::size_t length = sequence_length(text_.substr(at_));
    const unsigned first = static_cast<unsigned char>(text_[at_]);
    char32_t point = length == 1 ? first : first & (0x7fU >> length);
    for (const char c : text_.substr(at_ + 1, length - 1))
      point = point << 6 | (static_cast<unsigned char>(c) & 0x3fU);
    return point;
  }

  Span here() const {
    return {.file = file_, .line = line_, .column = column_, .end_line = line_, .end_column = column_ + 1};
  }

  Diag not_utf8() const {
    Diags diags;
    diags
        .error("not-utf8", here(),
               fmt::format("the octet 0x{:02x} is not UTF-8 here", static_cast<unsigned char>(text_[at_])))
        .help = "save the file as UTF-8";
    return diags.all().front();
  }

  Diag not_ascii() const {
    Diags diags;
    diags
        .error("toml-syntax", here(),
               fmt::format("the character U+{:04X} stands outside quotes, where TOML takes ASCII only",
                           static_cast<std::uint32_t>(code_point())))
        .help = "put the key or the text in quotes";
    return diags.all().front();
  }

  Diag too_deep() const {
    Diags diags;
    diags.error("nesting-too-deep", here(),
                fmt::format("this is nested deeper than {} levels", kDeepestNesting));
    return diags.all().front();
  }

  const std::string& file_;
  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
  int column_ = 1;
  int depth_ = 0;  ///< open brackets
  int dots_ = 0;   ///< of one dotted key, or of less
  State state_ = State::code;
  std::string quote_;
};

}  // namespace

std::optional<Diag> scan(const std::string& file, std::string_view text) {
  if (text.size() <= kLargestFile) return Scanner(file, text).run();
  Diags diags;
  diags.error(
      "file-too-large", {},
      fmt::format("`{}` has {} MiB; at most {} MiB are read", file, text.size() >> 20, kLargestFile >> 20));
  return diags.all().front();
}

}  // namespace kiln::config
