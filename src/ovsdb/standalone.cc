#include "ovsdb/standalone.h"

#include <charconv>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/text.h"
#include "ovsdb/json.h"

namespace kiln::ovsdb {
namespace {

using nlohmann::json;

std::unexpected<Error> wrong(const std::string& expected) {
  return fail(ErrorCode::malformed, "not a backup of a database: expected " + expected);
}

/// "OVSDB JSON 2279 d17102b9…\n", then so many bytes, which end with a line end.
Result<json> take_record(std::string_view& content) {
  const std::size_t line_end = content.find('\n');
  if (line_end == std::string_view::npos) return wrong("the head of a record");
  const std::vector<std::string> words = split(content.substr(0, line_end), ' ');
  std::size_t length = 0;
  if (words.size() != 4 || words[0] != "OVSDB" || words[1] != "JSON" ||
      std::from_chars(words[2].data(), words[2].data() + words[2].size(), length).ec != std::errc())
    return wrong("the head of a record");
  content.remove_prefix(line_end + 1);
  if (length > content.size()) return wrong("a record of " + words[2] + " bytes, and the file ends before");
  json record = json::parse(content.substr(0, length), nullptr, false);
  content.remove_prefix(length);
  if (!record.is_object()) return wrong("a JSON object in a record");
  return record;
}

/// What a column holds that nobody has set (RFC 7047, 5.2.1): of a scalar zero, "" or false, else nothing.
Value default_of(const json& column) {
  const json type = column.value("type", json("string"));
  const bool map = type.is_object() && type.contains("value");
  if (map || (type.is_object() && type.value("min", json(1)) == 0)) return {};
  const json key = type.is_object() ? type.value("key", json("string")) : type;
  const std::string atom = key.is_object() ? key.value("type", "string") : key.get<std::string>();
  if (atom == "integer") return Value(0);
  if (atom == "real") return Value(0.0);
  if (atom == "boolean") return Value(false);
  if (atom == "uuid") return Value(Uuid{});
  return Value("");
}

Result<Standalone> read_schema(const json& schema) {
  Standalone file;
  file.name = schema.value("name", "");
  file.version = schema.value("version", "");
  if (file.name.empty() || file.version.empty() || !schema.contains("tables")) return wrong("a schema first");
  for (const auto& [table, description] : schema["tables"].items()) {
    auto& columns = file.defaults[table];
    for (const auto& [name, column] : description.at("columns").items())
      if (!column.value("ephemeral", false)) columns.emplace(name, default_of(column));
  }
  return file;
}

/// Names of tables; those that begin with an underscore tell of the record itself.
Result<> read_rows(const json& record, Standalone& file) {
  for (const auto& [table, rows] : record.items()) {
    if (table.starts_with('_')) continue;
    const auto defaults = file.defaults.find(table);
    if (defaults == file.defaults.end()) return wrong("a table of the schema, not `" + table + '`');
    for (const auto& [id, columns] : rows.items()) {
      const auto uuid = Uuid::parse(id);
      if (!uuid || !columns.is_object()) return wrong("rows by their uuid in `" + table + '`');
      Row row;
      for (const auto& [name, content] : columns.items()) {
        KILN_TRY_ASSIGN(Value value, value_from_json(content));
        row.emplace(name, std::move(value));
      }
      file.rows[table][*uuid] = without_defaults(std::move(row), defaults->second);
    }
  }
  return {};
}

}  // namespace

Row without_defaults(Row row, const std::map<std::string, Value>& defaults) {
  std::erase_if(row, [&](const auto& column) {
    const auto known = defaults.find(column.first);
    return known == defaults.end() || known->second == column.second;
  });
  return row;
}

Result<Standalone> read_standalone(std::string_view content) {
  try {
    KILN_TRY_ASSIGN(const json schema, take_record(content));
    KILN_TRY_ASSIGN(Standalone file, read_schema(schema));
    if (content.empty()) return file;  // of a database without a row
    KILN_TRY_ASSIGN(const json rows, take_record(content));
    KILN_TRY(read_rows(rows, file));
    if (!content.empty()) return wrong("one record of rows, and there are more");
    return file;
  } catch (const json::exception& error) {
    return wrong(std::string("another form of JSON: ") + error.what());
  }
}

}  // namespace kiln::ovsdb
