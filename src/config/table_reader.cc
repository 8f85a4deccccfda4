#include "config/table_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "config/format.h"
#include "config/paths.h"
#include "config/secret.h"

namespace kiln::config {
namespace {

/// As a key of a dotted path: quoted where TOML asks for it.
std::string as_key(const std::string& key) {
  const bool bare = !key.empty() && std::ranges::all_of(key, [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
  return bare ? key : '"' + key + '"';
}

std::string range_text(const Field& field) {
  const std::string unit = field.unit.empty() ? "" : fmt::format(" ({})", field.unit);
  return fmt::format("an integer from {} to {}{}", field.minimum, field.maximum, unit);
}

std::string choices_text(const Field& field) {
  std::vector<std::string> names;
  for (const std::string_view choice : field.choices)
    names.push_back(choice.empty() ? "\"\"" : in_backticks(choice));
  return names.size() == 1 ? names.front() : "one of " + join(names, ", ");
}

std::string text_wanted(const Field& field) {
  return field.choices.empty() ? wanted(field.format) : choices_text(field);
}

/// "a string" does not help somebody who sees a string: what is in it.
std::string seen(const Value& value) {
  if (value.is(Value::Type::string)) return "the string " + in_backticks(value.text);
  if (value.is(Value::Type::integer)) return fmt::format("the integer {}", value.integer);
  return std::string(name_of(value.type));
}

void add_reason(Diag& diag, const TextProblem& problem) {
  if (!problem.why.empty()) diag.notes.push_back({.text = problem.why, .span = {}});
  diag.help = problem.help;
}

}  // namespace

TableReader::TableReader(const Value& table, std::string path, const Span& self, Run run, Places* places,
                         std::string prefix)
    : table_(table),
      path_(std::move(path)),
      self_(self),
      run_(run),
      places_(places),
      prefix_(std::move(prefix)) {}

void TableReader::operator()(const Field& field, std::string& member) {
  const Entry* entry = take(field, Value::Type::string);
  if (!entry) return;
  if (auto text = text_of(field, entry->value)) member = std::move(*text);
}

void TableReader::operator()(const Field& field, std::optional<std::string>& member) {
  const Entry* entry = take(field, Value::Type::string);
  if (entry) member = text_of(field, entry->value);
}

void TableReader::operator()(const Field& field, bool& member) {
  const Entry* entry = take(field, Value::Type::boolean);
  if (entry) member = entry->value.boolean;
}

void TableReader::operator()(const Field& field, int& member) {
  std::optional<int> number;
  (*this)(field, number);
  member = number.value_or(member);
}

void TableReader::operator()(const Field& field, std::optional<int>& member) {
  const Entry* entry = take(field, Value::Type::integer);
  if (!entry) return;
  const std::int64_t number = entry->value.integer;
  if (number >= field.minimum && number <= field.maximum) {
    member = static_cast<int>(number);
    return;
  }
  bad_value("out-of-range", entry->value.span, field.name, std::to_string(number), range_text(field));
}

void TableReader::operator()(const Field& field, std::vector<std::string>& member) {
  const Entry* entry = take(field, Value::Type::array);
  if (entry) take_list(field, *entry, member);
}

void TableReader::operator()(const Field& field, Services member) {
  const Entry* entry = take(field);
  if (!entry) return;
  if (entry->value.is(Value::Type::string) && entry->value.text == "auto") {
    member.automatic = true;  // where [defaults] has a list
    member.list.clear();
    return;
  }
  if (!entry->value.is(Value::Type::array)) {
    wrong_type(field, entry->value, "\"auto\" or an array of `central`, `chassis`, `switch`");
    return;
  }
  if (!take_list(field, *entry, member.list)) return;
  member.automatic = false;
  std::ranges::sort(member.list);
}

void TableReader::operator()(const Field& field, SecretReference& member) {
  const Entry* entry = take(field);
  if (entry) member = read_secret(*entry, where(), run_.diags);
}

bool TableReader::take_list(const Field& field, const Entry& entry, std::vector<std::string>& member) {
  if (entry.value.items.size() < static_cast<std::size_t>(field.minimum)) {
    bad_value("empty-list", entry.value.span, field.name, "an empty array", "an array of at least one text");
    return false;
  }
  const std::size_t findings = run_.diags.size();
  std::vector<std::string> texts;
  std::map<std::string, Span> first;
  for (const Value& item : entry.value.items) {
    if (!item.is(Value::Type::string)) {
      wrong_type(field, item, "an array of strings");
      continue;
    }
    const auto text = text_of(field, item);
    if (!text) continue;
    const std::string listed = once_in_a_list(field.format, *text);
    const auto [place, is_new] = first.emplace(listed, item.span);
    if (is_new)
      texts.push_back(*text);
    else
      run_.diags
          .error("duplicate-entry", item.span,
                 fmt::format("`{}` in {} lists {} twice", field.name, where(), in_backticks(listed)))
          .notes.push_back({.text = "first listed here", .span = place->second});
  }
  if (run_.diags.size() > findings) {
    run_.refused.insert(entry.value.span);
    return false;
  }
  member = std::move(texts);
  return true;
}

std::optional<std::string> TableReader::text_of(const Field& field, const Value& value) {
  if (value.text.empty() && field.may_be_empty) return std::string();
  if (!field.choices.empty()) {
    const auto choice = std::ranges::find(field.choices, std::string_view(value.text));
    if (choice != field.choices.end()) return value.text;
    const std::vector<std::string> names(field.choices.begin(), field.choices.end());
    const auto near = near_names(value.text, names);
    Diag& diag =
        bad_value("unknown-value", value.span, field.name, in_backticks(value.text), choices_text(field));
    if (!near.empty() && !near.front().empty())
      diag.help = fmt::format("a value with a similar name exists: `{}`", near.front());
    return std::nullopt;
  }
  auto normal = normal_text(field.format, value.text);
  if (!normal) {
    const TextProblem& problem = normal.error();
    Diag& diag = bad_value(problem.slug, value.span, field.name, in_backticks(value.text), problem.wanted);
    add_reason(diag, problem);
    return std::nullopt;
  }
  if (field.format == Format::path) *normal = absolute_path(*normal, value.span.file);
  if (!field.reference.empty())
    run_.references.push_back({.table = field.reference,
                               .name = *normal,
                               .key = std::string(field.name),
                               .where = where(),
                               .span = value.span});
  return std::move(*normal);
}

const Entry* TableReader::take(const Field& field) {
  known_.emplace_back(field.name);
  const Entry* entry = table_.find(field.name);
  if (!entry) {
    if (field.required && defaults_of_.empty()) missing(field);
    return nullptr;
  }
  if (field.own && !defaults_of_.empty()) {
    refuse_as_default(field, *entry);
    return nullptr;
  }
  if (places_) places_->keys[prefix_ + entry->key] = entry->value.span;
  return entry;
}

const Entry* TableReader::take(const Field& field, Value::Type type) {
  const Entry* entry = take(field);
  if (!entry || entry->value.is(type)) return entry;
  std::string expected(name_of(type));
  if (type == Value::Type::integer) expected = range_text(field);
  if (type == Value::Type::boolean) expected = "`true` or `false`";
  if (type == Value::Type::string) expected = "a string (" + text_wanted(field) + ")";
  if (type == Value::Type::array) expected = "an array of strings";
  wrong_type(field, entry->value, expected);
  return nullptr;
}

const Entry* TableReader::take_table(const Field& field) {
  const Entry* entry = take(field);
  if (!entry || entry->value.is(Value::Type::table)) return entry;
  wrong_type(field, entry->value, "a table");
  return nullptr;
}

const Entry* TableReader::take_named_tables(const Field& field) {
  const Entry* entry = take(field);
  if (!entry || entry->value.is(Value::Type::table)) return entry;
  Diag& diag = bad_value("wrong-type", entry->value.span, field.name, seen(entry->value), "a table");
  diag.help = things_have_names(field);
  return nullptr;
}

std::string TableReader::things_have_names(const Field& field) const {
  return fmt::format("things here have names: [{}]",
                     join_path(std::string(field.name), std::string(field.example)));
}

bool TableReader::is_named_table(const Field& field, const Entry& named, const std::string& path) {
  if (!named.value.is(Value::Type::table)) {
    Diag& diag = run_.diags.error("wrong-type", named.value.span,
                                  fmt::format("`{}` in [{}] is {}; a table is expected", named.key,
                                              join_path(std::string(field.name)), name_of(named.value.type)));
    if (!field.example.empty()) diag.help = things_have_names(field);
    return false;
  }
  const auto name = normal_text(field.format, named.key);
  if (name) return true;
  Diag& diag = run_.diags.error(name.error().slug, named.key_span,
                                fmt::format("the name of [{}] is {}; {} is expected", path,
                                            in_backticks(named.key), name.error().wanted));
  add_reason(diag, name.error());
  return true;
}

bool TableReader::is_array_of_tables(const Entry& entry) {
  const bool fits =
      entry.value.is(Value::Type::array) &&
      std::ranges::all_of(entry.value.items, [](const Value& item) { return item.is(Value::Type::table); });
  if (fits) return true;
  run_.diags
      .error("wrong-type", entry.value.is(Value::Type::table) ? entry.place() : entry.value.span,
             fmt::format("`{}` in {} is {}; an array of tables is expected", entry.key, where(),
                         entry.value.is(Value::Type::array) ? "an array with other things than tables"
                                                            : name_of(entry.value.type)))
      .help = fmt::format("begin each with [[{}]]", entry.key);
  return false;
}

void TableReader::missing(const Field& field) {
  if (path_.empty()) {
    run_.diags.error("missing-key", self_, fmt::format("the file has no table [{}]", field.name)).help =
        fmt::format("begin with [{}] and {}", field.name, field.example);
    return;
  }
  Diag& diag = run_.diags.error("missing-key", self_, fmt::format("{} has no `{}`", where(), field.name));
  if (!field.example.empty()) diag.help = fmt::format("add {} = {}", field.name, field.example);
}

void TableReader::refuse_as_default(const Field& field, const Entry& entry) {
  run_.refused.insert(entry.value.span);
  run_.diags
      .error("no-default", entry.key_span,
             fmt::format("`{}` is set in {}; it has no default: no two {}s can share it", field.name, where(),
                         defaults_of_))
      .help = fmt::format("set it in each {}", defaults_of_);
}

void TableReader::wrong_type(const Field& field, const Value& value, std::string_view expected) {
  Diag& diag = bad_value("wrong-type", value.span, field.name, seen(value), expected);
  if (field.example.empty()) return;
  // The example of a table is a key of it, unless it is an inline table itself.
  const bool header = expected == "a table" && !field.example.starts_with('{');
  diag.help = header ? fmt::format("for example: [{}] with {}", field.name, field.example)
                     : fmt::format("for example: {} = {}", field.name, field.example);
}

Diag& TableReader::bad_value(std::string slug, const Span& span, std::string_view key, std::string_view found,
                             std::string_view expected) {
  run_.refused.insert(span);
  return run_.diags.error(std::move(slug), span,
                          fmt::format("`{}` in {} is {}; {} is expected", key, where(), found, expected));
}

void TableReader::finish() {
  for (const Entry& entry : table_.entries) {
    if (std::ranges::find(known_, entry.key) != known_.end()) continue;
    Diag& diag = run_.diags.error("unknown-key", entry.key_span,
                                  fmt::format("unknown key {} in {}", in_backticks(entry.key), where()));
    const auto near = near_names(entry.key, known_);
    const std::string inside = key_inside(entry.key);
    if (!inside.empty())
      diag.help = inside;
    else if (near.empty())
      diag.notes.push_back({.text = "keys here are: " + join(known_, ", "), .span = {}});
    else
      diag.help = fmt::format("a key with a similar name exists: `{}`", near.front());
  }
}

/// "encap-ip", "encap_ip" and "encap.ip" are one key for who remembers it so.
std::string TableReader::key_inside(const std::string& key) const {
  for (const auto& [table, keys_of] : inside_) {
    if (key.size() <= table.size() || !key.starts_with(table)) continue;
    const std::string rest = key.substr(table.size() + 1);
    const std::vector<std::string> keys = keys_of();
    if (std::ranges::find(keys, rest) != keys.end())
      return fmt::format("it is a key of the table `{0}`: {0} = {{ {1} = … }}", table, rest);
  }
  return "";
}

std::string TableReader::where() const {
  return path_.empty() ? "the file" : '[' + path_ + ']';
}

std::string TableReader::join_path(const std::string& key, const std::string& name) const {
  std::string path = path_.empty() ? as_key(key) : path_ + '.' + as_key(key);
  if (!name.empty()) path += '.' + as_key(name);
  return path;
}

}  // namespace kiln::config
