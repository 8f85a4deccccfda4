#include "ovsdb/reply.h"

#include <simdjson.h>

#include "base/text.h"

namespace kiln::ovsdb {
namespace {

namespace dom = simdjson::dom;

std::unexpected<Error> expected(std::string_view what) {
  return fail(ErrorCode::malformed, "the database server's answer is not as RFC 7047 has it: expected " + std::string(what));
}

/// The document and the parser that owns it.
struct Document {
  dom::parser parser;
  dom::element root;
};
Result<std::unique_ptr<Document>> parse(const std::string& message) {
  auto document = std::make_unique<Document>();
  if (document->parser.parse(message).get(document->root) != simdjson::SUCCESS) return expected("JSON");
  return document;
}

Result<Atom> read_atom(dom::element element) {
  switch (element.type()) {
    case dom::element_type::STRING: return Atom(std::string(element.get_string().value_unsafe()));
    case dom::element_type::INT64: return Atom(element.get_int64().value_unsafe());
    case dom::element_type::UINT64: return Atom(static_cast<double>(element.get_uint64().value_unsafe()));
    case dom::element_type::DOUBLE: return Atom(element.get_double().value_unsafe());
    case dom::element_type::BOOL: return Atom(element.get_bool().value_unsafe());
    case dom::element_type::ARRAY: break;
    case dom::element_type::OBJECT:
    case dom::element_type::NULL_VALUE: return expected("an atom");
  }
  std::string_view tag;
  std::string_view text;
  if (element.at(0).get(tag) != simdjson::SUCCESS || element.at(1).get(text) != simdjson::SUCCESS) return expected("a uuid");
  if (tag == "named-uuid") return Atom(NamedUuid{std::string(text)});
  const auto uuid = Uuid::parse(text);
  if (tag != "uuid" || !uuid) return expected("a uuid");
  return Atom(*uuid);
}

Result<Value> read_set(dom::array elements) {
  std::vector<Atom> atoms;
  atoms.reserve(elements.size());
  for (const dom::element element : elements) {
    KILN_TRY_ASSIGN(Atom atom, read_atom(element));
    atoms.push_back(std::move(atom));
  }
  return Value::set(std::move(atoms));
}

Result<Value> read_map(dom::array pairs) {
  Map map;
  for (const dom::element pair : pairs) {
    dom::element key;
    dom::element content;
    if (pair.at(0).get(key) != simdjson::SUCCESS || pair.at(1).get(content) != simdjson::SUCCESS) return expected("a pair");
    KILN_TRY_ASSIGN(Atom key_atom, read_atom(key));
    KILN_TRY_ASSIGN(Atom content_atom, read_atom(content));
    map.emplace(std::move(key_atom), std::move(content_atom));
  }
  return Value(std::move(map));
}

Result<Value> read_value(dom::element element) {
  std::string_view tag;
  dom::array contents;
  if (element.is_array() && element.at(0).get(tag) == simdjson::SUCCESS && element.at(1).get(contents) == simdjson::SUCCESS) {
    if (tag == "set") return read_set(contents);
    if (tag == "map") return read_map(contents);
  }
  KILN_TRY_ASSIGN(Atom atom, read_atom(element));
  return Value::set({std::move(atom)});
}

Result<Row> read_row(dom::element element, Uuid* uuid = nullptr) {
  dom::object object;
  if (element.get(object) != simdjson::SUCCESS) return expected("a row");
  Row row;
  for (const auto& [name, content] : object) {
    KILN_TRY_ASSIGN(Value value, read_value(content));
    if (name == "_uuid" && uuid) {
      if (const auto read = value.as_uuid()) *uuid = *read;
      continue;
    }
    row.emplace(std::string(name), std::move(value));
  }
  return row;
}

/// {table: {uuid: {`kinds`: row}}}: table-updates (RFC 7047, 4.1.6) and table-updates2 (ovsdb-server(7)).
Result<Tables> read_updates(dom::element updates, std::initializer_list<const char*> kinds) {
  dom::object by_table;
  if (updates.get(by_table) != simdjson::SUCCESS) return expected("table updates");
  Tables tables;
  for (const auto& [table_name, rows] : by_table) {
    Table& table = tables[std::string(table_name)];
    dom::object by_uuid;
    if (rows.get(by_uuid) != simdjson::SUCCESS) return expected("row updates");
    for (const auto& [uuid_text, update] : by_uuid) {
      const auto uuid = Uuid::parse(uuid_text);
      if (!uuid) return expected("a row's uuid");
      for (const char* kind : kinds) {
        dom::element content;
        if (update.at_key(kind).get(content) != simdjson::SUCCESS) continue;
        KILN_TRY_ASSIGN(Row row, read_row(content));
        table.insert_or_assign(*uuid, std::move(row));
        break;
      }
    }
  }
  return tables;
}

std::string text_at(dom::element element, const char* key) {
  std::string_view text;
  return element.at_key(key).get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

std::string table_of(const Operation& operation) {
  return std::visit(
      [](const auto& op) -> std::string {
        if constexpr (requires { op.table; }) return op.table;
        return "";
      },
      operation);
}

ErrorCode code_of(const std::string& error) {
  // RFC 7047, 4.1.3 and 5.2, and what ovsdb-server adds.
  for (const char* guard : {"timed out", "duplicate uuid", "constraint violation", "referential integrity violation"})
    if (error == guard) return ErrorCode::precondition;
  for (const char* moved : {"not leader", "canceled", "not owner", "resources exhausted", "I/O error"})
    if (error == moved) return ErrorCode::unreachable;
  for (const char* denied : {"permission error", "not allowed"})
    if (error == denied) return ErrorCode::denied;
  return ErrorCode::failed;
}

}  // namespace

Result<Envelope> read_envelope(const std::string& message) {
  KILN_TRY_ASSIGN(const auto document, parse(message));
  if (!document->root.is_object()) return expected("a message");
  Envelope envelope;
  envelope.method = text_at(document->root, "method");
  dom::element id;
  envelope.id = document->root.at_key("id").get(id) == simdjson::SUCCESS ? std::string(simdjson::minify(id)) : "null";
  dom::element error;
  if (document->root.at_key("error").get(error) != simdjson::SUCCESS || error.is_null()) return envelope;
  envelope.error = true;
  std::string_view plain;
  if (error.get(plain) == simdjson::SUCCESS)
    envelope.error_text = plain;
  else if (error.is_object())
    envelope.error_text = text_at(error, "error") + ": " + text_at(error, "details");
  return envelope;
}

Result<Snapshot> read_snapshot(const std::string& message, bool since) {
  KILN_TRY_ASSIGN(const auto document, parse(message));
  dom::element updates;
  Snapshot snapshot;
  if (since) {
    std::string_view last;
    if (document->root.at_key("result").at(1).get(last) == simdjson::SUCCESS) snapshot.last_transaction_id = last;
  }
  const auto found = since ? document->root.at_key("result").at(2).get(updates) : document->root.at_key("result").get(updates);
  if (found != simdjson::SUCCESS) return expected("table updates");
  KILN_TRY_ASSIGN(snapshot.tables, read_updates(updates, {"initial", "insert"}));
  return snapshot;
}

Result<Snapshot> read_monitor(const std::string& message) {
  KILN_TRY_ASSIGN(const auto document, parse(message));
  dom::element updates;
  if (document->root.at_key("result").get(updates) != simdjson::SUCCESS) return expected("table updates");
  Snapshot snapshot;
  KILN_TRY_ASSIGN(snapshot.tables, read_updates(updates, {"new"}));
  return snapshot;
}

Result<std::vector<OperationResult>> read_results(const std::string& message, const Transaction& transaction) {
  KILN_TRY_ASSIGN(const auto document, parse(message));
  dom::array answers;
  if (document->root.at_key("result").get(answers) != simdjson::SUCCESS) return expected("a list of results");
  std::vector<OperationResult> results;
  for (const dom::element answer : answers) {
    if (answer.is_null()) break;  // this one and the rest were not tried, an error follows or came before
    if (const std::string error = text_at(answer, "error"); !error.empty()) {
      const std::size_t index = results.size();
      const std::string where = index < transaction.size()
                                    ? "operation " + std::to_string(index) + " (" + table_of(transaction[index]) + ")"
                                    : "commit";
      return fail(code_of(error), where + ": " + error + ": " + text_at(answer, "details"));
    }
    OperationResult result;
    std::int64_t count = 0;
    if (answer.at_key("count").get(count) == simdjson::SUCCESS && count > 0) result.count = static_cast<std::size_t>(count);
    std::string_view uuid;
    if (answer.at_key("uuid").at(1).get(uuid) == simdjson::SUCCESS) result.uuid = Uuid::parse(uuid);
    dom::array rows;
    if (answer.at_key("rows").get(rows) == simdjson::SUCCESS)
      for (const dom::element row : rows) {
        KILN_TRY_ASSIGN(Row read, read_row(row));
        result.rows.push_back(std::move(read));
      }
    results.push_back(std::move(result));
  }
  if (results.size() < transaction.size()) return expected("a result for each operation");
  return results;
}

Result<Schema> read_schema(const std::string& message) {
  KILN_TRY_ASSIGN(const auto document, parse(message));
  dom::element root;
  dom::object tables;
  if (document->root.at_key("result").get(root) != simdjson::SUCCESS || root.at_key("tables").get(tables) != simdjson::SUCCESS)
    return expected("a schema");
  Schema schema{text_at(root, "name"), text_at(root, "version"), {}};
  for (const auto& [table_name, table] : tables) {
    auto& columns = schema.tables[std::string(table_name)];
    dom::object described;
    if (table.at_key("columns").get(described) != simdjson::SUCCESS) return expected("columns of a table");
    for (const auto& [column_name, column] : described) {
      ColumnSchema& read = columns[std::string(column_name)];
      dom::element value;
      read.is_map = column.at_key("type").at_key("value").get(value) == simdjson::SUCCESS;
      if (column.at_key("ephemeral").get(read.ephemeral) != simdjson::SUCCESS) read.ephemeral = false;
    }
  }
  return schema;
}

Result<std::vector<std::string>> read_names(const std::string& message) {
  KILN_TRY_ASSIGN(const auto document, parse(message));
  dom::array list;
  if (document->root.at_key("result").get(list) != simdjson::SUCCESS) return expected("a list of names");
  std::vector<std::string> names;
  for (const dom::element name : list) {
    std::string_view text;
    if (name.get(text) != simdjson::SUCCESS) return expected("a name");
    names.emplace_back(text);
  }
  return names;
}

std::string schema_version_of(const std::string& schema_json) {
  const auto document = parse(schema_json);
  return document ? text_at((*document)->root, "version") : std::string();
}

}  // namespace kiln::ovsdb
