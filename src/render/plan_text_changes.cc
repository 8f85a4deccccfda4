#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/text.h"
#include "render/line.h"
#include "render/plan_text_parts.h"

namespace kiln::render {
namespace {

constexpr std::size_t kShownOfAKind = 10;  ///< changes of one host, kind and verb, unless verbose
constexpr std::size_t kWidestHost = 16;
constexpr std::size_t kNarrowestResource = 20;

struct Symbol {
  const char* text;
  Tone tone;
};

Symbol symbol_of(Verb verb) {
  switch (verb) {
    case Verb::none:
      return {" ", Tone::plain};
    case Verb::create:
      return {"+", Tone::good};
    case Verb::update:
      return {"~", Tone::warn};
    case Verb::replace:
      return {">", Tone::warn};
    case Verb::remove:
      return {"-", Tone::bad};
    case Verb::defer:
      return {"!", Tone::warn};
  }
  return {" ", Tone::plain};
}

std::string place_of(const Span& span) {
  return span.known() ? fmt::format("{}:{}", span.file, span.line) : "";
}

/// In one line; a text of several lines (a file's content) only by its size.
std::string value_text(const std::optional<AttributeValue>& value) {
  if (!value) return "(none)";
  const std::string text = to_text(*value);
  const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n'));
  if (lines > 0) return fmt::format("({}, {} bytes)", count_of(lines, "line", "lines"), text.size());
  return text.empty() ? "\"\"" : one_line(text);
}

/// The elements that only one of two sets has, a line for each: "- " what goes, "+ " what comes.
std::string elements_text(const std::set<std::string>& from, const std::set<std::string>& to,
                          std::size_t room, const Style& style) {
  std::string text;
  const auto add = [&](const char* sign, const std::set<std::string>& elements,
                       const std::set<std::string>& others) {
    for (const std::string& element : elements)
      if (!others.contains(element))
        text += fmt::format("        {} {}\n", sign, elide(one_line(element), room, style));
  };
  add("-", from, to);
  add("+", to, from);
  return text;
}

/// "path  from → to  place" if the line holds it; else the values below, together or one by one.
std::string attribute_text(const AttributeChange& attribute, const Change& change, const Style& style) {
  const std::string place = attribute.span == change.span ? "" : place_of(attribute.span);
  const std::string path = "      " + one_line(attribute.path);
  const std::string from =
      attribute.from ? fmt::format("{} {} ", value_text(attribute.from), style.arrow()) : "";
  const std::string to = value_text(attribute.to);
  const std::string behind = place.empty() ? "" : "  " + place;
  const std::string shown_behind = place.empty() ? "" : "  " + style.paint(Tone::dim, place);
  if (width_of(path + from + to + behind) + 2 <= style.width)
    return fmt::format("{}  {}{}{}\n", path, from, to, shown_behind);

  const std::string heading =
      width_of(path + behind) <= style.width ? path + shown_behind : cut(path, style.width, style);
  if (width_of(from + to) + 8 <= style.width) return fmt::format("{}\n        {}{}\n", heading, from, to);
  const std::size_t room = style.width - std::min<std::size_t>(style.width, 11);
  if (!attribute.from) return fmt::format("{}\n        {}\n", heading, elide(to, room, style));
  const auto* old_set = std::get_if<std::set<std::string>>(&*attribute.from);
  const auto* new_set = attribute.to ? std::get_if<std::set<std::string>>(&*attribute.to) : nullptr;
  if (old_set && new_set) return heading + '\n' + elements_text(*old_set, *new_set, room, style);
  return fmt::format("{}\n        {}\n        {} {}\n", heading,
                     elide(value_text(attribute.from), room, style), style.arrow(), elide(to, room, style));
}

/// Widths that all lines of one plan share.
struct Columns {
  std::size_t host = 0;
  std::size_t resource = 0;
  std::size_t place = 0;
};

Columns columns_of(const Plan& plan, const Style& style) {
  Columns columns;
  for (const Change& change : plan.changes) {
    columns.host = std::max(columns.host, width_of(change.host));
    columns.resource = std::max(columns.resource, width_of(one_line(change.id.text())));
    columns.place = std::max(columns.place, width_of(place_of(change.span)));
  }
  columns.host = std::min(columns.host, kWidestHost);
  const std::size_t taken = 4 + columns.host + 2 + 2;
  const std::size_t room = style.width > taken ? style.width - taken : 0;
  const std::size_t beside = room > columns.place ? room - columns.place : 0;
  columns.resource = std::min(columns.resource, std::max(beside, kNarrowestResource));
  columns.place = room > columns.resource ? room - columns.resource : 0;
  return columns;
}

std::string change_text(const Change& change, const Columns& columns, const Style& style, bool verbose) {
  const Symbol symbol = symbol_of(change.verb);
  const std::string host = pad(elide(change.host, columns.host, style), columns.host);
  const std::string resource = elide(one_line(change.id.text()), columns.resource, style);
  std::string text = fmt::format("  {} {}  ", style.paint(symbol.tone, symbol.text), host);
  const std::string place = elide(place_of(change.span), columns.place, style);
  text += place.empty() ? resource : pad(resource, columns.resource) + "  " + style.paint(Tone::dim, place);
  text += '\n';
  if (change.verb == Verb::defer) text += hanging("      deferred: ", one_line(change.why), style);
  if (change.verb == Verb::replace && !change.why.empty())
    text += hanging("      replaced: ", one_line(change.why), style);
  const bool obvious = change.verb == Verb::create || change.verb == Verb::remove;
  if (!verbose && obvious) return text;
  for (const AttributeChange& attribute : change.attributes) text += attribute_text(attribute, change, style);
  return text;
}

/// A line that stands for several changes like `change`.
std::string entry(const Change& change, const std::string& words, const Columns& columns,
                  const Style& style) {
  const std::string host = pad(elide(change.host, columns.host, style), columns.host);
  return hanging(fmt::format("  {} {}  ", symbol_of(change.verb).text, host), words, style);
}

/// Nodes by name, then the controller's and the cluster's own.
std::vector<const Change*> by_host(const Plan& plan) {
  std::vector<const Change*> changes;
  for (const Change& change : plan.changes) changes.push_back(&change);
  const auto rank = [](const Change* change) {
    return std::tuple(change->host == kCluster ? 2 : change->host == kController ? 1 : 0, change->host);
  };
  std::ranges::stable_sort(changes, {}, rank);
  return changes;
}

}  // namespace

std::string changes_text(const Plan& plan, const Answers& answers, const Style& style, bool verbose) {
  using Kind = std::tuple<HostName, std::string, Verb>;
  const Columns columns = columns_of(plan, style);
  const auto kind_of = [&](const Change& change) {
    const bool silent = std::ranges::find(answers.silent, change.host) != answers.silent.end();
    return Kind(change.host, silent && change.verb == Verb::defer ? "" : change.id.kind, change.verb);
  };
  std::map<Kind, std::size_t> of_a_kind;
  for (const Change& change : plan.changes) ++of_a_kind[kind_of(change)];
  std::map<Kind, std::size_t> seen;
  std::string text;
  for (const Change* change : by_host(plan)) {
    const Kind kind = kind_of(*change);
    const std::size_t count = ++seen[kind];
    const std::size_t total = of_a_kind[kind];
    const bool same_reason = std::get<1>(kind).empty();
    if (verbose || total == 1 || (!same_reason && count <= kShownOfAKind)) {
      text += change_text(*change, columns, style, verbose);
    } else if (same_reason && count == 1) {
      text += entry(*change, fmt::format("{} resources (-v shows all)", total), columns, style) +
              hanging("      deferred: ", one_line(change->why), style);
    } else if (!same_reason && count == total) {
      text += entry(*change,
                    fmt::format("{} more of kind {} (-v shows all)", count - kShownOfAKind, change->id.kind),
                    columns, style);
    }
  }
  return text;
}

}  // namespace kiln::render
