#include "config/syntax_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"
#include "config/format.h"

namespace kiln::config {
namespace {

/// Replaces the first `from`.
void replace(std::string& text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  if (at != std::string::npos) text.replace(at, from.size(), to);
}

/// "Error while parsing array: encountered end-of-file" → "the file ends here (in an array)".
std::string in_our_words(std::string text) {
  std::string subject;
  if (constexpr std::string_view kPrefix = "Error while parsing "; text.starts_with(kPrefix)) {
    const std::size_t colon = std::min(text.find(": "), text.size());
    subject = text.substr(kPrefix.size(), colon - kPrefix.size());
    text = colon == text.size() ? "this is not TOML" : text.substr(colon + 2);
  }
  std::ranges::replace(text, '\'', '`');
  replace(text, "encountered end-of-file", "the file ends here");
  replace(text, "saw ", "seen: ");
  replace(text, "`\\n`", "the end of the line");
  replace(text, "unescaped control characters other than TAB (U+0009) are explicitly prohibited",
          "a character that needs an escape, such as the end of the line, is not allowed");
  text = trim(text);
  if (subject.empty()) return text;
  const bool vowel = std::string_view("aeiou").find(subject.front()) != std::string_view::npos;
  return fmt::format("{} (in {} {})", text,
                     subject == "root table" ? "the"
                     : vowel                 ? "an"
                                             : "a",
                     subject == "root table" ? "file" : subject);
}

std::string_view line_at(std::string_view text, int line) {
  text.remove_prefix(text_before(text, line).size());
  return text.substr(0, text.find('\n'));
}

/// Does the line give a value to a key that sounds like a secret? Then the parser's words may hold it.
bool may_be_secret(std::string_view line) {
  std::string lower(line);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  constexpr std::array<std::string_view, 4> kNames = {"passphrase", "password", "secret", "token"};
  return std::ranges::any_of(kNames,
                             [&](std::string_view name) { return lower.find(name) != std::string::npos; });
}

/// "[nodes . "n1"]" → nodes, n1. Good enough to find a definition, which is looked up before it is shown.
std::vector<std::string> keys_of(std::string_view text) {
  std::vector<std::string> keys;
  for (const std::string& part : split(text, '.')) {
    std::string_view key = trim(part);
    if (key.size() > 1 && (key.front() == '"' || key.front() == '\'')) key = key.substr(1, key.size() - 2);
    keys.emplace_back(key);
  }
  return keys;
}

std::vector<std::string> keys_of_header(std::string_view line) {
  const std::size_t start = std::min(line.find_first_not_of('['), line.size());
  return keys_of(line.substr(start, line.find(']') - start));
}

/// The keys that lead to what the line defines.
std::vector<std::string> path_of(std::string_view text, int line) {
  const std::string_view own = trim(line_at(text, line));
  if (own.starts_with('[')) return keys_of_header(own);
  std::vector<std::string> path;
  for (int above = line - 1; above > 0 && path.empty(); --above)
    if (const std::string_view header = trim(line_at(text, above)); header.starts_with('['))
      path = keys_of_header(header);
  for (std::string& key : keys_of(own.substr(0, own.find('=')))) path.push_back(std::move(key));
  return path;
}

const Entry* find(const Value& root, const std::vector<std::string>& path) {
  const Value* table = &root;
  const Entry* found = nullptr;
  for (const std::string& key : path) {
    if (found && found->value.is(Value::Type::array) && !found->value.items.empty())
      table = &found->value.items.back();
    found = table->find(key);
    if (!found) return nullptr;
    table = &found->value;
  }
  return found;
}

/// "cannot redefine existing string 'x'" → x.
std::string last_quoted(const std::string& message) {
  const std::size_t last = message.rfind('\'');
  const std::size_t first = last == std::string::npos || last == 0 ? last : message.rfind('\'', last - 1);
  return first == std::string::npos ? "this" : message.substr(first + 1, last - first - 1);
}

Diag defined_twice(const SyntaxError& error) {
  const std::vector<std::string> path = path_of(error.text, error.span.line);
  const std::string_view line = line_at(error.text, error.span.line);
  const bool header = trim(line).starts_with('[');
  Diags diags;
  const std::string name = last_quoted(error.message);
  if (!header && name != path.back() && !name.ends_with('.' + path.back())) {  // within `{ … }`
    diags.error("duplicate-definition", error.span, fmt::format("{} is defined twice", in_backticks(name)));
    return diags.all().front();
  }
  Diag& diag = diags.error(
      "duplicate-definition", error.span,
      fmt::format("{} is defined twice", header ? '[' + join(path, ".") + ']' : in_backticks(path.back())));
  const std::size_t first = std::min(line.find_first_not_of(" \t"), line.size());
  const std::size_t last = std::min(line.find(header ? ']' : '='), line.size());
  const std::string_view key = trim(line.substr(first, std::max(first, last) - first));
  if (code_points(key) > 0) {
    diag.span.column = static_cast<int>(first) + 1;
    diag.span.end_column = diag.span.column + static_cast<int>(code_points(key)) + (header ? 1 : 0);
  }
  const Entry* entry = error.before ? find(*error.before, path) : nullptr;
  if (entry) diag.notes.push_back({.text = "first defined here", .span = entry->place()});
  return diag;
}

}  // namespace

std::string_view text_before(std::string_view text, int line) {
  std::size_t at = 0;
  for (int passed = 1; passed < line && at < text.size(); ++passed)
    at = std::min(text.find('\n', at), text.size() - 1) + 1;
  return text.substr(0, at);
}

Diag explain(const SyntaxError& error) {
  if (error.message.find("cannot redefine existing") != std::string::npos) return defined_twice(error);
  const bool secret = may_be_secret(line_at(error.text, error.span.line));
  Diags diags;
  diags.error("toml-syntax", error.span, secret ? "this is not TOML" : in_our_words(error.message));
  return diags.all().front();
}

}  // namespace kiln::config
