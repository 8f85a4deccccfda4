#include "render/line.h"

#include <fmt/format.h>

#include <algorithm>

namespace kiln::render {
namespace {

bool continues(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

/// The first `count` code points.
std::string_view head(std::string_view text, std::size_t count) {
  std::size_t end = 0;
  while (end < text.size()) {
    if (!continues(text[end]) && count-- == 0) break;
    ++end;
  }
  return text.substr(0, end);
}

/// The last `count` code points.
std::string_view tail(std::string_view text, std::size_t count) {
  const std::size_t width = width_of(text);
  return width <= count ? text : text.substr(head(text, width - count).size());
}

}  // namespace

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char byte) { return !continues(byte); }));
}

std::string one_line(std::string_view text) {
  std::string shown;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
    if (byte == '\n') {
      shown += "\\n";
    } else if (byte == '\t') {
      shown += "\\t";
    } else if (byte < 0x20 || byte == 0x7F) {
      shown += fmt::format("\\x{:02x}", byte);
    } else if (byte == 0xC2 && next >= 0x80 && next < 0xA0) {  // C1 controls: U+009B begins an escape
      shown += fmt::format("\\x{:02x}", next);
      ++i;
    } else {
      shown += text[i];
    }
  }
  return shown;
}

std::string elide(std::string_view text, std::size_t width, const Style& style) {
  if (width_of(text) <= width) return std::string(text);
  const std::size_t dots = width_of(style.ellipsis());
  if (width <= dots) return std::string(head(text, width));
  const std::size_t kept = width - dots;
  return fmt::format("{}{}{}", head(text, kept - kept / 2), style.ellipsis(), tail(text, kept / 2));
}

std::string cut(std::string_view text, std::size_t width, const Style& style) {
  if (width_of(text) <= width) return std::string(text);
  const std::size_t dots = width_of(style.ellipsis());
  if (width <= dots) return std::string(head(text, width));
  return fmt::format("{}{}", head(text, width - dots), style.ellipsis());
}

std::string pad(std::string_view text, std::size_t width) {
  std::string padded(text);
  padded.append(width - std::min(width, width_of(text)), ' ');
  return padded;
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  width = std::max<std::size_t>(width, 8);
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    if (!lines.back().empty() && width_of(lines.back()) + 1 + width_of(word) > width) lines.emplace_back();
    if (!lines.back().empty()) lines.back() += ' ';
    while (width_of(word) > width) {
      const std::string_view part = head(word, width);
      lines.back() += part;
      lines.emplace_back();
      word.remove_prefix(part.size());
    }
    lines.back() += word;
  }
  return lines;
}

std::string hanging(std::string_view first, std::string_view text, const Style& style, Tone tone) {
  const std::size_t indent = width_of(first);
  std::string shown;
  for (const std::string& line : wrap(text, style.width > indent ? style.width - indent : 0)) {
    shown += shown.empty() ? std::string(first) : std::string(indent, ' ');
    shown += style.paint(tone, line) + '\n';
  }
  return shown;
}

std::string duration_text(Duration duration) {
  const auto ms = duration.count();
  if (ms < 1000) return fmt::format("{} ms", ms);
  const auto tenths = ms % 1000 / 100;
  if (ms < 60000)
    return tenths == 0 ? fmt::format("{} s", ms / 1000) : fmt::format("{}.{} s", ms / 1000, tenths);
  const auto seconds = ms % 60000 / 1000;
  return seconds == 0 ? fmt::format("{} min", ms / 60000) : fmt::format("{} min {} s", ms / 60000, seconds);
}

}  // namespace kiln::render
