#include <algorithm>
#include <charconv>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/quote.h"
#include "base/text.h"
#include "model/logging.h"
#include "transport/parse.h"

// What LogLook's snippet prints: the journal's entries as `journalctl -o json` has them, a line each, and
// parts of the daemon's own file as "file INODE OFFSET BASE64".

namespace kiln::transport {
namespace {

constexpr std::string_view kSyslogPrefix = "ovs|";  // of vlog's pattern for syslog (ovs-appctl(8))

template <typename Number>
std::optional<Number> number_in(std::string_view text) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && rest == end && !text.empty() ? std::optional(number) : std::nullopt;
}

/// vlog's word for a priority of syslog(3).
std::string level_of_priority(const std::string& priority) {
  const int number = number_in<int>(priority).value_or(6);
  return number <= 2 ? "emer" : number == 3 ? "err" : number == 4 ? "warn" : number == 7 ? "dbg" : "info";
}

/// The level in "00042|binding|WARN|…", or "".
std::string level_in(const std::string& text) {
  const std::vector<std::string> words = split(std::string_view(text).substr(0, 200), '|');
  if (words.size() < 4) return {};
  std::string level = words[2];
  std::ranges::transform(level, level.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return std::ranges::find(log_levels(), level) == log_levels().end() ? std::string() : level;
}

/// "2026-11-21T21:10:08.908Z|", as vlog writes it to files, in microseconds since the epoch.
std::optional<std::int64_t> time_in(std::string_view line) {
  constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:dd.dddZ|";
  if (line.size() < kShape.size()) return std::nullopt;
  for (std::size_t i = 0; i < kShape.size(); ++i)
    if (kShape[i] == 'd' ? line[i] < '0' || line[i] > '9' : line[i] != kShape[i]) return std::nullopt;
  const auto at = [&](std::size_t from, std::size_t count) {
    return number_in<int>(line.substr(from, count)).value_or(0);
  };
  const std::chrono::year_month_day day{std::chrono::year{at(0, 4)},
                                        std::chrono::month{static_cast<unsigned>(at(5, 2))},
                                        std::chrono::day{static_cast<unsigned>(at(8, 2))}};
  if (!day.ok()) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days{day}.time_since_epoch().count();
  const std::int64_t seconds = ((days * 24 + at(11, 2)) * 60 + at(14, 2)) * 60 + at(17, 2);
  return (seconds * 1000 + at(20, 3)) * 1000;
}

/// Text of a journal's field: a list of octets where it is not UTF-8.
std::string text_of(const nlohmann::json& object, const char* field) {
  const auto found = object.find(field);
  if (found == object.end()) return {};
  if (found->is_string()) return found->get<std::string>();
  std::string text;
  if (found->is_array())
    for (const auto& octet : *found)
      if (octet.is_number_integer()) text += static_cast<char>(octet.get<std::int64_t>() & 0xff);
  return text;
}

class Reader {
 public:
  explicit Reader(const LogLook& look) : look_(look) {
    seen_.journal_cursor = look.journal_cursor;
    seen_.file_cursor = look.file_cursor;
  }

  void read_journal(const std::string& line) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    if (!json.is_object()) return;
    if (const std::string cursor = text_of(json, "__CURSOR"); !cursor.empty()) seen_.journal_cursor = cursor;
    const auto time = number_in<std::int64_t>(text_of(json, "__REALTIME_TIMESTAMP"));
    if (!time) return;
    LogEntry entry{.time_us = *time,
                   .level = level_of_priority(text_of(json, "PRIORITY")),
                   .text = text_of(json, "MESSAGE")};
    const std::string from = text_of(json, "SYSLOG_IDENTIFIER");
    const LoggedDaemon* const daemon = find_logged_daemon(look_.daemon);
    const bool of_vlog = entry.text.starts_with(kSyslogPrefix);
    if (of_vlog) {
      entry.text.erase(0, kSyslogPrefix.size());
      if (const std::string level = level_in(entry.text); !level.empty()) entry.level = level;
    }
    // The daemon's own lines are as in its file; others (systemd, ovn-ctl, ovs-vsctl) say who they are.
    if (!of_vlog || !daemon || from != daemon->program) entry.text.insert(0, from + ": ");
    add(std::move(entry));
  }

  void read_file(const std::vector<std::string>& words) {
    const auto offset = words.size() == 4 ? number_in<std::int64_t>(words[2]) : std::nullopt;
    if (!offset) return;
    const std::string content = decode_base64(words[3]);
    const std::size_t end = content.rfind('\n');
    // A line that is still being written is read whole the next time.
    const std::size_t whole = end == std::string::npos ? 0 : end + 1;
    seen_.file_cursor = words[1] + ':' + std::to_string(*offset + static_cast<std::int64_t>(whole));
    std::size_t begin = 0;
    // From the middle of a file: the rest of a line is none.
    if (look_.file_cursor.empty() && *offset > 0) begin = content.find('\n') + 1;
    LogEntry last;
    for (const std::string& line : split(std::string_view(content).substr(begin, whole - begin), '\n')) {
      if (const auto time = time_in(line)) {
        last = {.time_us = *time, .level = {}, .text = line.substr(line.find('|') + 1)};
        last.level = level_in(last.text);
        if (last.level.empty()) last.level = "info";
      } else {
        last.text = line;  // the next line of the same message
      }
      if (last.time_us != 0 && !last.text.empty()) add(last);
    }
  }

  LogSeen take() {
    std::ranges::stable_sort(seen_.entries, {}, &LogEntry::time_us);
    return std::move(seen_);
  }

 private:
  void add(LogEntry entry) {
    if (entry.time_us >= look_.since_ms * 1000) seen_.entries.push_back(std::move(entry));
  }

  const LogLook& look_;
  LogSeen seen_;
};

}  // namespace

Fact read_log(const LogLook& look, const std::string& output, int code) {
  if (code != 0) {
    const std::string said = last_line(output);
    return Unknown{said.empty() ? "exit code " + std::to_string(code) : said};
  }
  Reader reader(look);
  for (const std::string& line : split(output, '\n')) {
    if (line.starts_with('{')) reader.read_journal(line);
    if (line.starts_with("file ")) reader.read_file(split(line, ' '));
  }
  return reader.take();
}

}  // namespace kiln::transport
