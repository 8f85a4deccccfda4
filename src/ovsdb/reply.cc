#include "ovsdb/reply.h"

#include <simdjson.h>

#include <utility>

namespace kiln::ovsdb {

namespace dom = simdjson::dom;

/// The parser owns what the root refers to.
struct Message::Document {
  dom::parser parser;
  dom::element root;
};

namespace {

std::unexpected<Error> expected(std::string_view what) {
  return fail(ErrorCode::malformed,
              "the database server's answer is not as RFC 7047 has it: expected " + std::string(what));
}

template <typename Wanted>
bool get(const simdjson::simdjson_result<dom::element>& from, Wanted& into) {
  return from.get(into) == simdjson::SUCCESS;
}

std::string text_at(dom::element element, const char* key) {
  std::string_view text;
  return get(element.at_key(key), text) ? std::string(text) : std::string();
}

/// ["uuid", "…"] or ["named-uuid", "…"].
Result<Atom> read_tagged_atom(dom::element element) {
  dom::array pair;
  std::string_view tag;
  std::string_view text;
  if (element.get(pair) != simdjson::SUCCESS || pair.size() != 2 || !get(pair.at(0), tag) ||
      !get(pair.at(1), text))
    return expected("an atom");
  if (tag == "named-uuid") return Atom(NamedUuid{std::string(text)});
  const auto uuid = Uuid::parse(text);
  if (tag != "uuid" || !uuid) return expected("a uuid");
  return Atom(*uuid);
}

Result<Atom> read_atom(dom::element element) {
  switch (element.type()) {
    case dom::element_type::STRING:
      return Atom(std::string(element.get_string().value_unsafe()));
    case dom::element_type::INT64:
      return Atom(element.get_int64().value_unsafe());
    case dom::element_type::UINT64:
      // Beyond what an OVSDB integer holds: a real that is written without a fraction.
      return Atom(static_cast<double>(element.get_uint64().value_unsafe()));
    case dom::element_type::DOUBLE:
      return Atom(element.get_double().value_unsafe());
    case dom::element_type::BOOL:
      return Atom(element.get_bool().value_unsafe());
    case dom::element_type::ARRAY:
      return read_tagged_atom(element);
    case dom::element_type::OBJECT:
    case dom::element_type::NULL_VALUE:
      break;
  }
  return expected("an atom");
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
  for (const dom::element element : pairs) {
    dom::array pair;
    if (element.get(pair) != simdjson::SUCCESS || pair.size() != 2) return expected("a pair");
    KILN_TRY_ASSIGN(Atom key, read_atom(pair.at(0).value_unsafe()));
    KILN_TRY_ASSIGN(Atom content, read_atom(pair.at(1).value_unsafe()));
    map.emplace(std::move(key), std::move(content));
  }
  return Value(std::move(map));
}

Result<Value> read_value(dom::element element) {
  dom::array pair;
  std::string_view tag;
  dom::array contents;
  if (element.get(pair) == simdjson::SUCCESS && pair.size() == 2 && get(pair.at(0), tag) &&
      get(pair.at(1), contents)) {
    if (tag == "set") return read_set(contents);
    if (tag == "map") return read_map(contents);
  }
  KILN_TRY_ASSIGN(Atom atom, read_atom(element));
  std::vector<Atom> only;
  only.push_back(std::move(atom));
  return Value::set(std::move(only));
}

Result<Row> read_row(dom::element element) {
  dom::object object;
  if (element.get(object) != simdjson::SUCCESS) return expected("a row");
  Row row;
  for (const auto& [name, content] : object) {
    KILN_TRY_ASSIGN(Value value, read_value(content));
    row.emplace(name, std::move(value));
  }
  return row;
}

/// {uuid: {kind: row}}; other kinds say that a row is gone or has changed, which a first answer never does.
Result<Table> read_table(dom::element updates, std::initializer_list<const char*> kinds) {
  dom::object by_uuid;
  if (updates.get(by_uuid) != simdjson::SUCCESS) return expected("row updates");
  Table table;
  for (const auto& [uuid_text, update] : by_uuid) {
    const auto uuid = Uuid::parse(uuid_text);
    if (!uuid) return expected("a row's uuid");
    for (const char* kind : kinds) {
      dom::element content;
      if (!get(update.at_key(kind), content)) continue;
      KILN_TRY_ASSIGN(Row row, read_row(content));
      table.insert_or_assign(*uuid, std::move(row));
      break;
    }
  }
  return table;
}

/// {table: {uuid: {kind: row}}}.
Result<Tables> read_updates(dom::element updates, std::initializer_list<const char*> kinds) {
  dom::object by_table;
  if (updates.get(by_table) != simdjson::SUCCESS) return expected("table updates");
  Tables tables;
  for (const auto& [name, rows] : by_table) {
    KILN_TRY_ASSIGN(Table table, read_table(rows, kinds));
    tables.insert_or_assign(std::string(name), std::move(table));
  }
  return tables;
}

/// An `<error>` is an object; ovsdb-server also sends a bare string ("unknown method").
ServerError read_error(dom::element error) {
  std::string_view plain;
  if (error.get(plain) == simdjson::SUCCESS) return {std::string(plain), ""};
  if (error.is_object()) return {text_at(error, "error"), text_at(error, "details")};
  return {"unknown error", std::string(simdjson::minify(error))};
}

Result<OperationResult> read_result(dom::element answer) {
  if (!answer.is_object()) return expected("the result of an operation");
  OperationResult result;
  std::uint64_t count = 0;
  if (get(answer.at_key("count"), count)) result.count = count;
  dom::element uuid;
  if (get(answer.at_key("uuid"), uuid)) {
    KILN_TRY_ASSIGN(const Atom atom, read_atom(uuid));
    const Uuid* inserted = std::get_if<Uuid>(&atom);
    if (!inserted) return expected("the uuid of an inserted row");
    result.uuid = *inserted;
  }
  dom::array rows;
  if (!get(answer.at_key("rows"), rows)) return result;
  for (const dom::element row : rows) {
    KILN_TRY_ASSIGN(Row read, read_row(row));
    result.rows.push_back(std::move(read));
  }
  return result;
}

Result<Schema> read_database_schema(dom::element root) {
  dom::object tables;
  if (!get(root.at_key("tables"), tables)) return expected("a schema");
  Schema schema{text_at(root, "name"), text_at(root, "version"), {}};
  for (const auto& [table_name, table] : tables) {
    auto& columns = schema.tables[std::string(table_name)];
    dom::object described;
    if (!get(table.at_key("columns"), described)) return expected("the columns of a table");
    for (const auto& [column_name, column] : described) {
      ColumnSchema& read = columns[std::string(column_name)];
      dom::element value;
      read.is_map = get(column.at_key("type").at_key("value"), value);
      if (column.at_key("ephemeral").get(read.ephemeral) != simdjson::SUCCESS) read.ephemeral = false;
    }
  }
  return schema;
}

}  // namespace

Result<Message> Message::parse(const std::string& text) {
  auto document = std::make_unique<Document>();
  if (document->parser.parse(text).get(document->root) != simdjson::SUCCESS) return expected("JSON");
  if (!document->root.is_object()) return expected("a JSON-RPC message");
  return Message(std::move(document));
}

Message::Message(std::unique_ptr<Document> document)
    : document_(std::move(document)), method_(text_at(document_->root, "method")), id_("null") {
  dom::element id;
  if (get(document_->root.at_key("id"), id)) id_ = simdjson::minify(id);
  dom::element error;
  if (get(document_->root.at_key("error"), error) && !error.is_null()) error_ = read_error(error);
}

Message::Message(Message&& other) noexcept = default;
Message& Message::operator=(Message&& other) noexcept = default;
Message::~Message() = default;

std::string Message::echo_answer() const {
  dom::element params;
  const bool given = get(document_->root.at_key("params"), params);
  return R"({"id":)" + id_ + R"(,"result":)" + (given ? std::string(simdjson::minify(params)) : "[]") +
         R"(,"error":null})";
}

Result<Snapshot> Message::read_since() const {
  dom::array result;
  std::string_view last;
  if (!get(document_->root.at_key("result"), result) || result.size() != 3 || !get(result.at(1), last))
    return expected("[found, last transaction, table updates]");
  KILN_TRY_ASSIGN(Tables tables, read_updates(result.at(2).value_unsafe(), {"initial", "insert"}));
  return Snapshot{std::move(tables), std::string(last)};
}

Result<Snapshot> Message::read_monitor_cond() const {
  dom::element updates;
  if (!get(document_->root.at_key("result"), updates)) return expected("table updates");
  KILN_TRY_ASSIGN(Tables tables, read_updates(updates, {"initial", "insert"}));
  return Snapshot{std::move(tables), ""};
}

Result<Snapshot> Message::read_monitor() const {
  dom::element updates;
  if (!get(document_->root.at_key("result"), updates)) return expected("table updates");
  KILN_TRY_ASSIGN(Tables tables, read_updates(updates, {"new"}));
  return Snapshot{std::move(tables), ""};
}

Result<std::vector<OperationResult>> Message::read_results(const Transaction& transaction) const {
  dom::array answers;
  if (!get(document_->root.at_key("result"), answers)) return expected("a list of results");
  // RFC 7047, 4.1.3: an operation that was not tried is null, and somewhere there is an error.
  std::size_t index = 0;
  for (const dom::element answer : answers) {
    dom::element error;
    if (get(answer.at_key("error"), error)) {
      const ServerError refused = read_error(answer);
      return fail(refused.code(), place_of(index, transaction) + ": " + refused.text());
    }
    ++index;
  }
  if (index != transaction.size()) return expected("a result for each operation");
  std::vector<OperationResult> results;
  results.reserve(index);
  for (const dom::element answer : answers) {
    KILN_TRY_ASSIGN(OperationResult result, read_result(answer));
    results.push_back(std::move(result));
  }
  return results;
}

Result<Schema> Message::read_schema() const {
  dom::element root;
  if (!get(document_->root.at_key("result"), root)) return expected("a schema");
  return read_database_schema(root);
}

Result<std::vector<std::string>> Message::read_names() const {
  dom::array list;
  if (!get(document_->root.at_key("result"), list)) return expected("a list of names");
  std::vector<std::string> names;
  for (const dom::element name : list) {
    std::string_view text;
    if (name.get(text) != simdjson::SUCCESS) return expected("a name");
    names.emplace_back(text);
  }
  return names;
}

std::string schema_version_of(const std::string& schema_json) {
  dom::parser parser;
  dom::element root;
  return get(parser.parse(schema_json), root) ? text_at(root, "version") : std::string();
}

}  // namespace kiln::ovsdb
