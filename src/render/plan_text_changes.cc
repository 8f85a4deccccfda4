#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "base/text.h"
#include "render/line.h"
#include "render/plan_text_parts.h"

namespace kiln::render {
namespace {

constexpr std::size_t kShownOfAKind = 20;  ///< changes of one host, kind and verb, unless verbose
constexpr std::size_t kWidestHost = 16;
constexpr std::size_t kWidestResource = 48;

struct Symbol {
  const char* text;
  Tone tone;
};

Symbol symbol_of(Verb verb) {
  switch (verb) {
    case Verb::none: return {" ", Tone::plain};
    case Verb::create: return {"+", Tone::good};
    case Verb::update: return {"~", Tone::warn};
    case Verb::replace: return {">", Tone::warn};
    case Verb::remove: return {"-", Tone::bad};
    case Verb::defer: return {"!", Tone::warn};
  }
  return {" ", Tone::plain};
}

std::string place_of(const Span& span) { return span.known() ? fmt::format("{}:{}", span.file, span.line) : ""; }

/// In one line; a text of several lines (a file's content) only by its size.
std::string value_text(const std::optional<AttributeValue>& value) {
  if (!value) return "(none)";
  const std::string text = to_text(*value);
  const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n'));
  if (lines > 0) return fmt::format("({}, {} bytes)", count_of(lines, "line", "lines"), text.size());
  return text.empty() ? "\"\"" : one_line(text);
}

std::string attribute_text(const AttributeChange& attribute, const Change& change, const Style& style) {
  const std::string path = "      " + one_line(attribute.path) + "  ";
  const std::string place = attribute.span == change.span ? "" : place_of(attribute.span);
  const std::size_t taken = width_of(path) + (place.empty() ? 0 : width_of(place) + 2);
  const std::size_t room = style.width > taken + 20 ? style.width - taken : 20;
  std::string value;
  if (!attribute.from) {
    value = elide(value_text(attribute.to), room, style);
  } else {
    const std::size_t side = (room - width_of(style.arrow()) - 2) / 2;
    std::string from = value_text(attribute.from);
    std::string to = value_text(attribute.to);
    if (width_of(from) > side) from = elide(from, std::max(side, 2 * side - std::min(2 * side, width_of(to))), style);
    if (width_of(to) > side) to = elide(to, std::max(side, 2 * side - std::min(2 * side, width_of(from))), style);
    value = fmt::format("{} {} {}", from, style.arrow(), to);
  }
  return path + value + (place.empty() ? "" : "  " + style.paint(Tone::dim, place)) + '\n';
}

/// Widths that all lines of one plan share.
struct Columns {
  std::size_t host = 0;
  std::size_t resource = 0;
};

Columns columns_of(const Plan& plan, const Style& style) {
  Columns columns;
  for (const Change& change : plan.changes) {
    columns.host = std::max(columns.host, width_of(change.host));
    columns.resource = std::max(columns.resource, width_of(change.id.text()));
  }
  columns.host = std::min(columns.host, kWidestHost);
  columns.resource = std::min(columns.resource, std::max(kWidestResource, style.width / 2));
  return columns;
}

std::string change_text(const Change& change, const Columns& columns, const Style& style, bool verbose) {
  const Symbol symbol = symbol_of(change.verb);
  const std::string host = pad(elide(change.host, columns.host, style), columns.host);
  const std::string resource = elide(one_line(change.id.text()), columns.resource, style);
  std::string text = fmt::format("  {} {}  ", style.paint(symbol.tone, symbol.text), host);
  const std::string place = place_of(change.span);
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

std::string changes_text(const Plan& plan, const Style& style, bool verbose) {
  const Columns columns = columns_of(plan, style);
  std::map<std::tuple<HostName, std::string, Verb>, std::size_t> of_a_kind;
  for (const Change& change : plan.changes) ++of_a_kind[{change.host, change.id.kind, change.verb}];
  std::map<std::tuple<HostName, std::string, Verb>, std::size_t> shown;
  std::string text;
  for (const Change* change : by_host(plan)) {
    const std::tuple key(change->host, change->id.kind, change->verb);
    const std::size_t count = ++shown[key];
    if (verbose || count <= kShownOfAKind) {
      text += change_text(*change, columns, style, verbose);
    } else if (count == of_a_kind[key]) {
      text += fmt::format("  {} {}  {} more of kind {} (-v shows all)\n", symbol_of(change->verb).text,
                          pad(change->host, columns.host), count - kShownOfAKind, change->id.kind);
    }
  }
  return text;
}

}  // namespace kiln::render
