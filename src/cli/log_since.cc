#include "cli/log_since.h"

#include <charconv>
#include <chrono>

namespace kiln::cli {
namespace {

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || rest != end || text.empty() || value < 0) return std::nullopt;
  return value;
}

std::optional<std::int64_t> span_ms(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const char unit = text.back();
  const std::int64_t seconds = unit == 's'   ? 1
                               : unit == 'm' ? 60
                               : unit == 'h' ? 3600
                               : unit == 'd' ? 86400
                                             : 0;
  const auto count = number(text.substr(0, text.size() - 1));
  constexpr std::int64_t kMost = 1'000'000;
  if (seconds == 0 || !count || *count > kMost) return std::nullopt;
  return *count * seconds * 1000;
}

/// "2026-11-21", with "T21:10", ":08" and ".908" behind it as far as they are there, and "Z".
std::optional<std::int64_t> time_ms(std::string_view text) {
  constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:dd.ddd";
  if (text.ends_with('Z')) text.remove_suffix(1);
  const std::size_t length = text.size();
  if (length != 10 && length != 16 && length != 19 && length != 23) return std::nullopt;
  for (std::size_t i = 0; i < length; ++i)
    if (kShape[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != kShape[i]) return std::nullopt;
  const auto at = [&](std::size_t from, std::size_t count) {
    return from < length ? number(text.substr(from, count)).value_or(0) : 0;
  };
  const std::chrono::year_month_day day{std::chrono::year{static_cast<int>(at(0, 4))},
                                        std::chrono::month{static_cast<unsigned>(at(5, 2))},
                                        std::chrono::day{static_cast<unsigned>(at(8, 2))}};
  if (!day.ok() || at(11, 2) > 23 || at(14, 2) > 59 || at(17, 2) > 60) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days{day}.time_since_epoch().count();
  return (((days * 24 + at(11, 2)) * 60 + at(14, 2)) * 60 + at(17, 2)) * 1000 + at(20, 3);
}

}  // namespace

std::optional<std::int64_t> log_since(std::string_view text, TimePoint now) {
  const std::int64_t now_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
  if (const auto span = span_ms(text)) return std::max<std::int64_t>(1, now_ms - *span);
  return time_ms(text);
}

}  // namespace kiln::cli
