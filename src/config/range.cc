#include "config/range.h"

#include <fmt/format.h>

#include <charconv>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/text.h"
#include "config/format.h"

namespace kiln::config {
namespace {

constexpr std::size_t kMostDigits = 6;
constexpr std::size_t kMostOctets = std::size_t{64} << 20;
constexpr std::size_t kOctetsOfAValue = 64;

/// At most `kMostDigits` digits and nothing else.
std::optional<int> number_of(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || text.size() > kMostDigits || text.front() == '-') return std::nullopt;
  return number;
}

/// "vm[01-20]".
struct Range {
  std::string before;
  std::string after;
  int first = 0;
  int last = 0;
  int width = 0;  ///< of numbers that are written with zeros in front

  std::size_t size() const { return static_cast<std::size_t>(last - first) + 1; }
  std::string name(int number) const { return fmt::format("{}{:0{}}{}", before, number, width, after); }
};

bool has_brackets(std::string_view name) {
  return name.find_first_of("[]") != std::string_view::npos;
}

std::optional<Range> parse_range(std::string_view name) {
  const std::size_t open = name.find('[');
  const std::size_t dash = name.find('-', std::min(open, name.size()));
  const std::size_t close = name.find(']', std::min(dash, name.size()));
  if (close == std::string_view::npos) return std::nullopt;
  const std::string_view first = name.substr(open + 1, dash - open - 1);
  const std::string_view last = name.substr(dash + 1, close - dash - 1);
  const auto from = number_of(first);
  const auto to = number_of(last);
  const bool padded = first.size() > 1 && first.front() == '0';
  if (!from || !to || (padded && first.size() != last.size())) return std::nullopt;
  Range range{.before = std::string(name.substr(0, open)),
              .after = std::string(name.substr(close + 1)),
              .first = *from,
              .last = *to,
              .width = padded ? static_cast<int>(first.size()) : 0};
  if (has_brackets(range.before) || has_brackets(range.after)) return std::nullopt;
  return range;
}

/// One name of a range, while its block is copied for it.
struct Turn {
  const std::string& name;
  int number;
};

/// What `{body}` stands for; else what is wrong with it.
std::expected<std::string, std::string> fill(std::string_view body, const Turn& turn) {
  if (body == "name") return turn.name;
  const bool hex = body.starts_with('x');
  const auto shift = body.size() < 3 ? std::nullopt : number_of(body.substr(2));
  const bool shifted = shift && (body[1] == '+' || body[1] == '-');
  if (body.empty() || (!hex && body.front() != 'n') || (body.size() > 1 && !shifted))
    return std::unexpected(fmt::format(
        "{} stands for nothing; `{{n}}`, `{{x}}`, `{{n+10}}`, `{{x-1}}` or `{{name}}` is expected",
        in_backticks('{' + std::string(body) + '}')));
  const int number = turn.number + (shifted ? (body[1] == '+' ? 1 : -1) * shift.value_or(0) : 0);
  if (number < 0 || (hex && number > 0xff))
    return std::unexpected(fmt::format("`{{{}}}` is {} for {}; a number from 0 {} is expected", body, number,
                                       in_backticks(turn.name),
                                       hex ? "to 255 (two hexadecimal digits)" : "on"));
  return hex ? fmt::format("{:02x}", number) : std::to_string(number);
}

class Expander {
 public:
  Expander(Ranges& ranges, Diags& diags) : ranges_(ranges), diags_(diags) {}

  /// The named things in `table`, which is at `path`.
  void expand(Value& table, const std::string& path) {
    std::vector<Entry> expanded;
    std::map<std::string, Span, std::less<>> known;
    for (Entry& entry : table.entries) {
      std::vector<Entry> made = entries_of(std::move(entry));
      for (Entry& one : made) {
        const auto [first, is_new] = known.emplace(one.key, one.place());
        if (is_new)
          expanded.push_back(std::move(one));
        else
          report_twice(path, one, first->second);
      }
    }
    table.entries = std::move(expanded);
  }

  bool complete() const { return complete_; }

 private:
  /// Itself, or one for each name of its range.
  std::vector<Entry> entries_of(Entry&& entry) {
    std::vector<Entry> made;
    if (!has_brackets(entry.key)) {
      made.push_back(std::move(entry));
      return made;
    }
    const std::optional<Range> range = parse_range(entry.key);
    if (!range || !fits(*range, entry)) {
      if (!range)
        refuse("bad-range", entry.key_span,
               fmt::format("{} is no range; a name without brackets or one such as `{}` is expected",
                           in_backticks(entry.key), "vm[1-20]"));
      return {};
    }
    note_places(entry);
    for (int number = range->first; number <= range->last; ++number) {
      const std::string name = range->name(number);
      Entry copy = entry;
      copy.key = name;
      if (!fill_in(copy.value, {name, number})) return {};
      if (ranges_.octets > kMostOctets) {
        refuse(
            "bad-range", entry.key_span,
            fmt::format("the ranges up to {} make more than {} MiB", in_backticks(name), kMostOctets >> 20));
        return {};
      }
      made.push_back(std::move(copy));
    }
    return made;
  }

  bool fits(const Range& range, const Entry& entry) {
    if (range.last < range.first) {
      refuse(
          "bad-range", entry.key_span,
          fmt::format("{} ends before it begins; the smaller number comes first", in_backticks(entry.key)));
      return false;
    }
    ranges_.names += range.size();
    if (ranges_.names <= kMostRangeNames) return true;
    refuse("bad-range", entry.key_span,
           fmt::format("the ranges up to {} make {} names; at most {} are made", in_backticks(entry.key),
                       ranges_.names, kMostRangeNames));
    return false;
  }

  /// Puts what the placeholders stand for into every text.
  bool fill_in(Value& value, const Turn& turn) {
    ranges_.octets += kOctetsOfAValue + value.text.size();
    if (ranges_.octets > kMostOctets) return true;  // the caller refuses it
    if (value.is(Value::Type::string)) return fill_in_text(value, turn);
    for (Value& item : value.items)
      if (!fill_in(item, turn)) return false;
    for (Entry& entry : value.entries) {
      ranges_.octets += entry.key.size();
      if (!fill_in(entry.value, turn)) return false;
    }
    return true;
  }

  bool fill_in_text(Value& value, const Turn& turn) {
    std::string text;
    std::string_view rest = value.text;
    for (std::size_t open = rest.find('{'); open != std::string_view::npos; open = rest.find('{')) {
      const std::size_t close = rest.find('}', open);
      const auto filled = close == std::string_view::npos
                              ? std::unexpected("a `{` without a `}` stands for nothing")
                              : fill(rest.substr(open + 1, close - open - 1), turn);
      if (!filled) {
        refuse("bad-placeholder", value.span, filled.error());
        return false;
      }
      text.append(rest.substr(0, open)).append(*filled);
      rest.remove_prefix(close + 1);
    }
    value.text = text.append(rest);
    return true;
  }

  void note_places(const Entry& entry) {
    ranges_.places.insert({entry.key_span, entry.place(), entry.value.span});
    note_places(entry.value);
  }
  void note_places(const Value& value) {
    for (const Value& item : value.items) {
      ranges_.places.insert(item.span);
      note_places(item);
    }
    for (const Entry& entry : value.entries) note_places(entry);
  }

  void report_twice(const std::string& path, const Entry& entry, const Span& first) {
    diags_
        .error("duplicate-definition", entry.place(),
               fmt::format("[{}.{}] is defined twice", path, entry.key))
        .notes.push_back({.text = "first defined here", .span = first});
  }

  void refuse(std::string slug, const Span& span, std::string message) {
    complete_ = false;
    diags_.error(std::move(slug), span, std::move(message));
  }

  Ranges& ranges_;
  Diags& diags_;
  bool complete_ = true;
};

/// The table of this name, or null.
Value* table_in(Value& table, std::string_view key) {
  for (Entry& entry : table.entries)
    if (entry.key == key && entry.value.is(Value::Type::table)) return &entry.value;
  return nullptr;
}

}  // namespace

bool expand_ranges(Value& root, Ranges& ranges, Diags& diags) {
  Expander expander(ranges, diags);
  for (const char* const named : {"nodes", "workloads"})
    if (Value* const table = table_in(root, named)) expander.expand(*table, named);
  if (Value* const switches = table_in(root, "switches"))
    for (Entry& on : switches->entries)
      if (Value* const ports = table_in(on.value, "ports"))
        expander.expand(*ports, fmt::format("switches.{}.ports", on.key));
  return expander.complete();
}

void say_once(const Ranges& ranges, Diags& diags) {
  if (ranges.places.empty()) return;
  std::vector<Diag> kept;
  std::vector<std::size_t> more;
  std::map<std::pair<std::string, Span>, std::size_t> first;
  for (const Diag& diag : diags.all()) {
    const bool of_range = ranges.places.contains(diag.span);
    const auto [at, is_new] = first.emplace(std::pair(diag.slug, diag.span), kept.size());
    if (of_range && !is_new) {
      ++more[at->second];
      continue;
    }
    kept.push_back(diag);
    more.push_back(0);
  }
  Diags once;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (more[i] > 0)
      kept[i].notes.push_back({.text = fmt::format("the same is found {} in this range",
                                                   count_of(more[i], "more time", "more times")),
                               .span = {}});
    once.add(std::move(kept[i]));
  }
  diags = std::move(once);
}

}  // namespace kiln::config
