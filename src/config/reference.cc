#include "config/reference.h"

#include <fmt/format.h>

#include <vector>

#include "base/text.h"
#include "config/format.h"
#include "model/describe.h"

namespace kiln::config {
namespace {

/// One key, as its page shows it.
struct Row {
  Field field;
  std::string type;
  std::string default_value;  ///< as it is written in the file, or ""
};

std::string choices_of(const Field& field) {
  std::vector<std::string> choices;
  for (const std::string_view choice : field.choices) choices.push_back(fmt::format("`\"{}\"`", choice));
  return join(choices, ", ");
}

std::string text_type(const Field& field) {
  if (!field.choices.empty()) return "one of " + choices_of(field);
  if (!field.reference.empty()) return fmt::format("name of one of `{}`", field.reference);
  std::string wants = wanted(field.format);
  while (wants.ends_with(',')) wants.pop_back();
  return wants;
}

std::string in_quotes(const std::string& text) {
  return text.empty() ? "" : fmt::format("`\"{}\"`", text);
}

/// The visitor of model/describe.h that collects the keys of one table, and hands on its tables.
class TableRows {
 public:
  explicit TableRows(std::string path) : path_(std::move(path)) {}

  void operator()(const Field& field, std::string& member) {
    add(field, text_type(field), in_quotes(member));
  }
  void operator()(const Field& field, std::optional<std::string>& /*member*/) {
    add(field, text_type(field));
  }
  void operator()(const Field& field, bool& member) { add(field, "boolean", member ? "`true`" : "`false`"); }
  void operator()(const Field& field, int& member) {
    add(field, integer_type(field), fmt::format("`{}`", member));
  }
  void operator()(const Field& field, std::optional<int>& /*member*/) { add(field, integer_type(field)); }
  void operator()(const Field& field, std::vector<std::string>& member) {
    std::vector<std::string> elements;
    for (const std::string& element : member) elements.push_back('"' + element + '"');
    add(field, "array, each " + text_type(field),
        elements.empty() ? "" : fmt::format("`[{}]`", join(elements, ", ")));
  }
  void operator()(const Field& field, Services /*member*/) {
    add(field, "`\"auto\"`, or an array, each " + text_type(field), "`\"auto\"`");
  }
  void operator()(const Field& field, SecretReference& /*member*/) {
    add(field, "a secret by reference: `{ env = … }`, `{ file = … }` or `{ command = … }`");
  }

  template <typename Spec>
  void table(const Field& field, Spec&& spec) {
    nested(field, path_ + std::string(field.name), spec);
  }
  template <typename Spec>
  void map(const Field& field, std::map<std::string, Spec>& /*specs*/, const Spec& fresh) {
    Spec spec = fresh;
    nested(field, path_ + std::string(field.name) + ".NAME", spec);
  }
  template <typename Spec>
  void array(const Field& field, std::vector<Spec>& /*specs*/) {
    Spec spec;
    nested(field, '[' + path_ + std::string(field.name) + ']', spec);
  }

  /// Its keys are on the page already.
  template <typename Spec>
  void defaults(const Field& field, Spec& /*spec*/) {
    nested_ += fmt::format("## `[{}{}]`\n\n{} Example: `{} = {}`\n\n", path_, field.name, field.doc,
                           field.name, field.example);
  }

  std::string text() const {
    std::string text;
    if (!rows_.empty()) text += "| key | type | default | |\n|---|---|---|---|\n";
    for (const Row& row : rows_)
      text += fmt::format("| `{}` | {} | {} | {}{} Example: `{}` |\n", row.field.name, row.type,
                          row.field.required ? "**required**" : row.default_value, row.field.doc,
                          row.field.unit.empty() ? "" : fmt::format(" In {}.", row.field.unit),
                          row.field.example);
    return text + (rows_.empty() ? "" : "\n") + nested_;
  }
  const std::string& problems() const { return problems_; }

 private:
  static std::string integer_type(const Field& field) {
    return fmt::format("integer from {} to {}", field.minimum, field.maximum);
  }

  void add(const Field& field, std::string type, std::string default_value = {}) {
    const auto problem = [&](const char* what) {
      problems_ += fmt::format("{}{}: {}\n", path_, field.name, what);
    };
    if (!field.doc.ends_with('.')) problem("no sentence says what it is");
    if (field.example.empty()) problem("no example");
    const bool timed = field.name.ends_with("-ms") || field.name.ends_with("-days");
    if (timed != !field.unit.empty() && timed) problem("no unit");
    rows_.push_back({field, std::move(type), std::move(default_value)});
  }

  template <typename Spec>
  void nested(const Field& field, const std::string& path, Spec& spec) {
    if (!field.doc.ends_with('.'))
      problems_ += fmt::format("{}{}: no sentence says what it is\n", path_, field.name);
    const bool list = path.starts_with('[');
    TableRows rows(list ? std::string(field.name) + '.' : path + '.');
    describe(rows, spec);
    nested_ += fmt::format("## `[{}]`\n\n{}\n\n{}", path, field.doc, rows.text());
    problems_ += rows.problems();
  }

  std::string path_;
  std::vector<Row> rows_;
  std::string nested_;
  std::string problems_;
};

TableRows rows_of_the_file() {
  Desired desired;
  TableRows rows("");
  describe(rows, desired);
  return rows;
}

}  // namespace

std::string file_reference() {
  std::string text =
      "# The file: every table and key\n\n"
      "Made from the description of the fields in `src/model/describe.h`; so are the decoder and "
      "[the JSON Schema](../../schemas/kiln.schema.json) that editors complete and check with. `NAME` is a "
      "name of "
      "yours. A key that is not set is not managed, unless it has a default.\n\n";
  text += rows_of_the_file().text();
  while (text.ends_with("\n\n")) text.pop_back();
  return text;
}

std::string undescribed() {
  return rows_of_the_file().problems();
}

}  // namespace kiln::config
