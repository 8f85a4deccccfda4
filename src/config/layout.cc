#include "config/layout.h"

#include <algorithm>
#include <vector>

#include "base/assert.h"
#include "base/text.h"
#include "config/format.h"
#include "config/read.h"
#include "config/written.h"

namespace kiln::config {
namespace {

constexpr std::size_t kIndent = 2;

std::string on_one_line(const Written& value) {
  if (value.kind == Written::Kind::scalar) return value.text;
  const bool table = value.kind == Written::Kind::table;
  if (value.items.empty()) return table ? "{}" : "[]";
  std::vector<std::string> items;
  for (const WrittenItem& item : value.items)
    items.push_back((table ? item.key + " = " : "") + on_one_line(item.value));
  return table ? "{ " + join(items, ", ") + " }" : '[' + join(items, ", ") + ']';
}

/// `column`: characters in front of it on its line; `behind`: what has to fit behind it.
std::string text_of(const Written& value, std::size_t column, std::size_t indent, std::size_t behind) {
  if (value.fixed) return value.text;
  if (!value.has_comments()) {
    std::string line = on_one_line(value);
    const bool fits = column + code_points(line) + behind <= kLayoutColumns;
    if (fits || value.kind != Written::Kind::array || value.items.empty()) return line;
  }
  const std::size_t inner = indent + kIndent;
  const std::string margin(inner, ' ');
  std::string text = "[\n";
  for (const WrittenItem& item : value.items) {
    for (const std::string& comment : item.above) text += margin + comment + '\n';
    text += margin + text_of(item.value, inner, inner, 1) + ',';
    text += (item.comment.empty() ? "" : ' ' + item.comment) + '\n';
  }
  for (const std::string& comment : value.behind) text += margin + comment + '\n';
  return text + std::string(indent, ' ') + ']';
}

/// What stands on a line, or on several if a value does.
struct Line {
  enum class Kind { comment, header, value };
  Kind kind;
  std::string text;
  bool blank_before = false;
};

class Layout {
 public:
  explicit Layout(std::string_view text) : text_(text), tokens_(text) {}

  std::string run() {
    bool blank = false;
    while (!tokens_.done()) {
      line_start_ = tokens_.position();
      tokens_.skip_spaces();
      if (tokens_.done()) break;
      if (tokens_.take('\n')) {
        blank = true;
        continue;
      }
      lines_.push_back(take_line());
      lines_.back().blank_before = blank;
      blank = false;
      tokens_.take('\n');
    }
    put_blank_lines();
    std::string text;
    for (const Line& line : lines_) text += (line.blank_before ? "\n" : "") + line.text + '\n';
    return text;
  }

 private:
  Line take_line() {
    if (tokens_.peek() == '#') return {Line::Kind::comment, tokens_.take_comment()};
    Line line = tokens_.peek() == '[' ? take_header() : take_entry();
    tokens_.skip_spaces();
    if (tokens_.peek() == '#') add_comment(line.text);
    return line;
  }

  Line take_header() {
    tokens_.take('[');
    const bool array = tokens_.take('[');
    tokens_.skip_spaces();
    const std::string key = tokens_.take_key();
    tokens_.take(']');
    if (array) tokens_.take(']');
    return {Line::Kind::header, array ? "[[" + key + "]]" : '[' + key + ']'};
  }

  Line take_entry() {
    std::string text = tokens_.take_key() + " = ";
    tokens_.take('=');
    tokens_.skip_spaces();
    const Written value = tokens_.take_value();
    text += text_of(value, code_points(text), 0, 0);
    return {Line::Kind::value, std::move(text)};
  }

  /// Where it was, so that columns of comments stay; behind values of several lines, one space away.
  void add_comment(std::string& text) {
    const std::string_view before = text_.substr(line_start_, tokens_.position() - line_start_);
    const bool one_line = before.find('\n') == std::string_view::npos && text.find('\n') == std::string::npos;
    const std::size_t wanted = one_line ? code_points(before) : 0;
    const std::size_t length = code_points(text);
    text += std::string(wanted > length ? wanted - length : 1, ' ') + tokens_.take_comment();
  }

  /// One before each header and the comment on top of it, none at the start.
  void put_blank_lines() {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (lines_[i].kind != Line::Kind::header) continue;
      std::size_t top = i;
      while (top > 0 && !lines_[top].blank_before && lines_[top - 1].kind == Line::Kind::comment) --top;
      lines_[top].blank_before = true;
    }
    if (!lines_.empty()) lines_.front().blank_before = false;
  }

  std::string_view text_;
  Tokens tokens_;
  std::size_t line_start_ = 0;
  std::vector<Line> lines_;
};

}  // namespace

std::optional<std::string> lay_out(const std::string& file, std::string_view text, Diags& diags) {
  text = without_bom(text);
  const std::optional<Value> before = read(file, text, diags);
  if (!before) return std::nullopt;
  std::string laid_out = Layout(text).run();
  Diags none;
  const std::optional<Value> after = read(file, laid_out, none);
  KILN_ASSERT(after && same_content(*before, *after));
  return laid_out;
}

}  // namespace kiln::config
