#include "render/logs.h"

#include <fmt/format.h>

#include <chrono>

#include "base/seams.h"
#include "render/line.h"

namespace kiln::render {
namespace {

Tone tone_of_level(const std::string& level) {
  if (level == "emer" || level == "err") return Tone::bad;
  if (level == "warn") return Tone::warn;
  return level == "dbg" ? Tone::dim : Tone::plain;
}

}  // namespace

std::string log_time(std::int64_t time_us) {
  const std::chrono::microseconds since{time_us};
  std::string text = format_utc(TimePoint(std::chrono::floor<std::chrono::seconds>(since)));
  text.insert(text.size() - 1, fmt::format(".{:03}", time_us / 1000 % 1000));
  return text;
}

std::string log_text(const engine::LogLine& line, const LogColumns& columns, const Style& style) {
  return style.paint(Tone::dim, log_time(line.entry.time_us)) + ' ' +
         style.paint(Tone::strong, pad(line.node, columns.node)) + ' ' + pad(line.daemon, columns.daemon) +
         ' ' + style.paint(tone_of_level(line.entry.level), one_line(line.entry.text)) + '\n';
}

}  // namespace kiln::render
