#include "ovsdb/framing.h"

#include <utility>

namespace kiln::ovsdb {
namespace {

constexpr int kDeepest = 1000;

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/// The first quote or backslash at or after `at`, or the end.
std::size_t end_of_plain_text(std::string_view bytes, std::size_t at) {
  while (at < bytes.size() && bytes[at] != '"' && bytes[at] != '\\') ++at;
  return at;
}

}  // namespace

Result<std::optional<std::string>> Framing::take(std::string_view& bytes) {
  if (depth_ == 0)
    while (!bytes.empty() && is_space(bytes.front())) bytes.remove_prefix(1);
  std::size_t at = 0;
  const Found found = scan(bytes, at);
  message_.append(bytes.substr(0, at));
  bytes.remove_prefix(at);
  switch (found) {
    case Found::end_of_message:
      return std::exchange(message_, {});
    case Found::end_of_bytes:
      return std::nullopt;
    case Found::wrong_start:
      return fail(ErrorCode::malformed,
                  "the server did not send JSON-RPC: a message does not begin with `{`");
    case Found::too_deep:
      return fail(ErrorCode::malformed, "the server sent JSON that is nested deeper than 1000 levels");
  }
  std::unreachable();
}

Framing::Found Framing::scan(std::string_view bytes, std::size_t& at) {
  while (at < bytes.size()) {
    if (escaped_) {
      escaped_ = false;
      ++at;
      continue;
    }
    if (in_string_) {
      at = end_of_plain_text(bytes, at);
      if (at == bytes.size()) break;
      escaped_ = bytes[at] == '\\';
      in_string_ = escaped_;
      ++at;
      continue;
    }
    const char c = bytes[at];
    if (depth_ == 0 && c != '{') return Found::wrong_start;
    ++at;
    if (c == '"') in_string_ = true;
    if ((c == '{' || c == '[') && ++depth_ > kDeepest) return Found::too_deep;
    if ((c == '}' || c == ']') && --depth_ == 0) return Found::end_of_message;
  }
  return Found::end_of_bytes;
}

}  // namespace kiln::ovsdb
