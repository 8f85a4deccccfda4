#include "config/read.h"

// Debian's target asks for its library, which was built with exceptions: take the headers instead.
#undef TOML_HEADER_ONLY
#undef TOML_SHARED_LIB
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
// It asserts that a table header begins with a key, and then handles the other case itself (`[=`): for text
// of a user that is an error to report. Without NDEBUG its assumptions are assertions, and not undefined
// behaviour.
#undef NDEBUG
#define TOML_ASSERT(expression) static_cast<void>(0)
#include <toml++/toml.h>

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <tuple>

#include "config/scan.h"
#include "config/syntax_error.h"

// The only file that knows toml++.

namespace kiln::config {
namespace {

Span span_of(const std::string& file, const toml::source_region& region) {
  Span span{.file = file,
            .line = static_cast<int>(region.begin.line),
            .column = static_cast<int>(region.begin.column),
            .end_line = static_cast<int>(region.end.line),
            .end_column = static_cast<int>(region.end.column)};
  if (std::tie(span.end_line, span.end_column) <= std::tie(span.line, span.column)) {
    span.end_line = span.line;
    span.end_column = span.column + 1;
  }
  return span;
}

/// toml++ nodes to values.
class Converter {
 public:
  explicit Converter(const std::string& file) : file_(file) {}

  Value convert(const toml::node& node) {
    Value value;
    value.span = span_of(file_, node.source());
    if (const auto* table = node.as_table())
      add_entries(*table, value);
    else if (const auto* array = node.as_array())
      add_items(*array, value);
    else
      set_scalar(node, value);
    return value;
  }

 private:
  void add_entries(const toml::table& table, Value& value) {
    value.type = Value::Type::table;
    value.in_braces = table.is_inline();
    // toml++ keeps tables in the order of the alphabet.
    std::vector<std::pair<const toml::key*, const toml::node*>> in_order;
    in_order.reserve(table.size());
    for (const auto& [key, node] : table) in_order.emplace_back(&key, &node);
    std::ranges::stable_sort(in_order, {}, [](const auto& entry) {
      const toml::source_position& begin = entry.first->source().begin;
      return std::pair(begin.line, begin.column);
    });
    value.entries.reserve(in_order.size());
    for (const auto& [key, node] : in_order)
      value.entries.push_back({.key = std::string(key->str()),
                               .key_span = span_of(file_, key->source()),
                               .value = convert(*node)});
  }

  void add_items(const toml::array& array, Value& value) {
    value.type = Value::Type::array;
    for (const toml::node& item : array) value.items.push_back(convert(item));
  }

  static void set_scalar(const toml::node& node, Value& value) {
    value.type = Value::Type::datetime;
    if (const auto* string = node.as_string()) {
      value.type = Value::Type::string;
      value.text = string->get();
    } else if (const auto* integer = node.as_integer()) {
      value.type = Value::Type::integer;
      value.integer = integer->get();
    } else if (const auto* boolean = node.as_boolean()) {
      value.type = Value::Type::boolean;
      value.boolean = boolean->get();
    } else if (const auto* floating = node.as_floating_point()) {
      value.type = Value::Type::floating;
      value.text = fmt::to_string(floating->get());
    } else {
      std::ostringstream text;
      if (const auto* date = node.as_date()) text << date->get();
      if (const auto* time = node.as_time()) text << time->get();
      if (const auto* both = node.as_date_time()) text << both->get();
      value.text = text.str();
    }
  }

  const std::string& file_;
};

/// The first value below `depth` levels, or null.
const Value* deeper_than(const Value& value, int depth) {
  if (depth < 0) return &value;
  for (const Value& item : value.items)
    if (const Value* deep = deeper_than(item, depth - 1)) return deep;
  for (const Entry& entry : value.entries)
    if (const Value* deep = deeper_than(entry.value, depth - 1)) return deep;
  return nullptr;
}

Value convert_root(const std::string& file, const toml::table& table) {
  Value root = Converter(file).convert(table);
  root.span = {.file = file, .line = 1, .column = 1, .end_line = 1, .end_column = 1};
  return root;
}

}  // namespace

std::optional<Value> read(const std::string& file, std::string_view text, Diags& diags) {
  if (auto problem = scan(file, text)) {
    diags.add(std::move(*problem));
    return std::nullopt;
  }
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    const Span span = span_of(file, error.source());
    SyntaxError syntax{.text = text, .span = span, .message = std::string(error.description()), .before = {}};
    // What comes before the line is most often a file of its own: it knows where a name was first defined.
    const toml::parse_result before = toml::parse(text_before(text, span.line));
    if (before) syntax.before = convert_root(file, before.table());
    diags.add(explain(syntax));
    return std::nullopt;
  }
  Value root = convert_root(file, parsed.table());
  if (const Value* deep = deeper_than(root, kDeepestNesting)) {
    diags.error("nesting-too-deep", deep->span,
                fmt::format("this is nested deeper than {} levels", kDeepestNesting));
    return std::nullopt;
  }
  return root;
}

}  // namespace kiln::config
