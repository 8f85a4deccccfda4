#include "config/written.h"

#include <algorithm>

namespace kiln::config {
namespace {

constexpr std::string_view kSpaces = " \t\r";

std::string without_spaces_behind(std::string_view text) {
  const std::size_t last = text.find_last_not_of(kSpaces);
  return std::string(text.substr(0, last == std::string_view::npos ? 0 : last + 1));
}

/// The end of the string at `at`: behind its quotes.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  const char quote = text[at];
  const bool several_lines = text.substr(at, 3) == std::string(3, quote);
  const std::string closing(several_lines ? 3 : 1, quote);
  for (at += closing.size(); at < text.size(); ++at) {
    if (text[at] == '\\' && quote == '"') {
      ++at;
    } else if (text.substr(at, closing.size()) == closing) {
      at += closing.size();
      // Up to two more quotes are its last characters (TOML 1.0, String).
      for (int more = 0; several_lines && more < 2 && at < text.size() && text[at] == quote; ++more) ++at;
      return at;
    }
  }
  return text.size();
}

/// In double quotes, if it means the same there.
std::string in_double_quotes(std::string_view token) {
  const bool plain = std::ranges::none_of(
      token, [](char c) { return c == '"' || c == '\\' || (c >= 0 && c < 0x20) || c == 0x7f; });
  if (!token.starts_with('\'') || !plain) return std::string(token);
  return '"' + std::string(token.substr(1, token.size() - 2)) + '"';
}

}  // namespace

bool Written::has_comments() const {
  return !behind.empty() || std::ranges::any_of(items, [](const WrittenItem& item) {
    return !item.above.empty() || !item.comment.empty() || item.value.has_comments();
  });
}

bool Tokens::take(char c) {
  if (peek() != c || done()) return false;
  ++at_;
  return true;
}

void Tokens::skip_spaces() {
  at_ = std::min(text_.find_first_not_of(kSpaces, at_), text_.size());
}

std::string Tokens::take_comment() {
  const std::size_t end = std::min(text_.find('\n', at_), text_.size());
  const std::string_view comment = text_.substr(at_, end - at_);
  at_ = end;
  return without_spaces_behind(comment);
}

std::string Tokens::take_key() {
  std::string key = take_key_part();
  for (skip_spaces(); take('.'); skip_spaces()) {
    skip_spaces();
    key += '.' + take_key_part();
  }
  return key;
}

std::string Tokens::take_key_part() {
  const bool quoted = peek() == '"' || peek() == '\'';
  const std::size_t end =
      quoted ? end_of_string(text_, at_) : std::min(text_.find_first_of(" \t\r\n.=]", at_), text_.size());
  const std::string_view part = text_.substr(at_, end - at_);
  at_ = end;
  return quoted ? in_double_quotes(part) : std::string(part);
}

Written Tokens::take_value() {
  const std::size_t start = at_;
  if (peek() == '"' || peek() == '\'') return take_string();
  if (peek() == '[' || peek() == '{') {
    Written value = peek() == '[' ? take_array() : take_table();
    value.text = text_.substr(start, at_ - start);
    return value;
  }
  at_ = std::min(text_.find_first_of(",]}#\n", at_), text_.size());
  std::string token = without_spaces_behind(text_.substr(start, at_ - start));
  at_ = start + token.size();
  return {.text = std::move(token), .items = {}, .behind = {}};
}

Written Tokens::take_string() {
  const std::size_t end = end_of_string(text_, at_);
  const std::string_view token = text_.substr(at_, end - at_);
  at_ = end;
  const bool several_lines = token.size() >= 6 && token[1] == token[0] && token[2] == token[0];
  return {.text = several_lines ? std::string(token) : in_double_quotes(token),
          .fixed = several_lines,
          .items = {},
          .behind = {}};
}

Written Tokens::take_array() {
  Written array{.kind = Written::Kind::array, .text = {}, .items = {}, .behind = {}};
  bool line_has_item = false;  // a comment here belongs to it
  for (take('['); !done() && !take(']');) {
    skip_spaces();
    if (take('\n')) {
      line_has_item = false;
    } else if (peek() == '#') {
      std::string comment = take_comment();
      if (line_has_item && array.items.back().comment.empty())
        array.items.back().comment = std::move(comment);
      else
        array.behind.push_back(std::move(comment));
    } else if (!take(',') && peek() != ']') {
      WrittenItem item{.above = std::move(array.behind), .key = {}, .value = take_value(), .comment = {}};
      array.behind.clear();
      array.fixed = array.fixed || item.value.fixed;
      array.items.push_back(std::move(item));
      line_has_item = true;
    }
  }
  return array;
}

Written Tokens::take_table() {
  Written table{.kind = Written::Kind::table, .text = {}, .items = {}, .behind = {}};
  for (take('{'); !done() && !take('}');) {
    skip_spaces();
    if (take(',') || peek() == '}') continue;
    WrittenItem item{.above = {}, .key = take_key(), .value = {}, .comment = {}};
    skip_spaces();
    take('=');
    skip_spaces();
    item.value = take_value();
    // It stays on one line: what cannot, stays as it is.
    table.fixed = table.fixed || item.value.fixed || item.value.has_comments();
    table.items.push_back(std::move(item));
  }
  return table;
}

}  // namespace kiln::config
