#include "cli/toml_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace kiln::cli {

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      result.append({'\\', c});
    else if (octet < 0x20 || octet == 0x7f)
      result += fmt::format("\\u{:04x}", octet);
    else
      result += c;
  }
  return result + '"';
}

std::string as_key(const std::string& name) {
  const bool bare = !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
  return bare ? name : quoted(name);
}

std::string list_of(const std::vector<std::string>& texts) {
  std::vector<std::string> elements;
  for (const std::string& text : texts) elements.push_back(quoted(text));
  return '[' + join(elements, ", ") + ']';
}

std::string entry(const char* key, const std::string& value, const char* hint) {
  if (!value.empty()) return fmt::format("{} = {}\n", key, quoted(value));
  return *hint == '\0' ? "" : fmt::format("# {} = {}\n", key, hint);
}

std::string entry(const char* key, int value, int otherwise) {
  return value == otherwise ? "" : fmt::format("{} = {}\n", key, value);
}

std::string entry(const char* key, bool value, bool otherwise) {
  return value == otherwise ? "" : fmt::format("{} = {}\n", key, value);
}

}  // namespace kiln::cli
