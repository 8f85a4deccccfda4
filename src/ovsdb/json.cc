#include "ovsdb/json.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

namespace kiln::ovsdb {
namespace {

using nlohmann::json;

json atom_to_json(const Atom& atom) {
  struct Notation {
    json operator()(std::int64_t value) const { return value; }
    json operator()(double value) const { return value; }
    json operator()(bool value) const { return value; }
    json operator()(const std::string& value) const { return value; }
    json operator()(const Uuid& value) const { return json::array({"uuid", value.text()}); }
    json operator()(const NamedUuid& value) const { return json::array({"named-uuid", value.name}); }
  };
  return std::visit(Notation{}, atom);
}

json where_to_json(const Where& where) {
  json conditions = json::array();
  for (const Condition& condition : where)
    conditions.push_back(json::array({condition.column, condition.function, to_json(condition.value)}));
  return conditions;
}

json mutations_to_json(const std::vector<Mutation>& mutations) {
  json list = json::array();
  for (const Mutation& mutation : mutations)
    list.push_back(json::array({mutation.column, mutation.mutator, to_json(mutation.value)}));
  return list;
}

struct OperationNotation {
  json operator()(const Insert& insert) const {
    json operation{{"op", "insert"}, {"table", insert.table}, {"row", to_json(insert.row)}};
    if (insert.uuid) operation["uuid"] = insert.uuid->text();
    if (!insert.uuid_name.empty()) operation["uuid-name"] = insert.uuid_name;
    return operation;
  }
  json operator()(const Update& update) const {
    return {{"op", "update"},
            {"table", update.table},
            {"where", where_to_json(update.where)},
            {"row", to_json(update.row)}};
  }
  json operator()(const Mutate& mutate) const {
    return {{"op", "mutate"},
            {"table", mutate.table},
            {"where", where_to_json(mutate.where)},
            {"mutations", mutations_to_json(mutate.mutations)}};
  }
  json operator()(const Delete& remove) const {
    return {{"op", "delete"}, {"table", remove.table}, {"where", where_to_json(remove.where)}};
  }
  json operator()(const Select& select) const {
    json operation{{"op", "select"}, {"table", select.table}, {"where", where_to_json(select.where)}};
    if (!select.columns.empty()) operation["columns"] = select.columns;
    return operation;
  }
  json operator()(const Wait& wait) const {
    json rows = json::array();
    for (const Row& row : wait.rows) rows.push_back(to_json(row));
    return {{"op", "wait"},
            {"timeout", 0},
            {"table", wait.table},
            {"where", where_to_json(wait.where)},
            {"columns", wait.columns},
            {"until", wait.equal ? "==" : "!="},
            {"rows", rows}};
  }
  json operator()(const Comment& comment) const { return {{"op", "comment"}, {"comment", comment.text}}; }
};

std::unexpected<Error> wrong(const std::string& what, const json& source) {
  return fail(ErrorCode::malformed,
              "expected " + what + ", found " +
                  source.dump(-1, ' ', false, json::error_handler_t::replace).substr(0, 200));
}

Result<Atom> atom_from_json(const json& source) {
  // What an integer cannot hold is a real that is written without a fraction.
  const bool too_large = source.is_number_unsigned() && source.get<std::uint64_t>() > INT64_MAX;
  if (source.is_number_integer() && !too_large) return Atom(source.get<std::int64_t>());
  if (source.is_number()) return Atom(source.get<double>());
  if (source.is_boolean()) return Atom(source.get<bool>());
  if (source.is_string()) return Atom(source.get<std::string>());
  if (!source.is_array() || source.size() != 2 || !source[0].is_string() || !source[1].is_string())
    return wrong("an atom (RFC 7047, 5.1)", source);
  const auto text = source[1].get<std::string>();
  if (source[0] == "named-uuid") return Atom(NamedUuid{text});
  const auto uuid = Uuid::parse(text);
  if (source[0] != "uuid" || !uuid) return wrong("a uuid", source);
  return Atom(*uuid);
}

Result<Value> map_from_json(const json& pairs) {
  Map map;
  for (const json& pair : pairs) {
    if (!pair.is_array() || pair.size() != 2) return wrong("a pair", pair);
    KILN_TRY_ASSIGN(Atom key, atom_from_json(pair[0]));
    KILN_TRY_ASSIGN(Atom value, atom_from_json(pair[1]));
    map.emplace(std::move(key), std::move(value));
  }
  return Value(std::move(map));
}

Result<Row> row_from_json(const json& source) {
  if (!source.is_object()) return wrong("a row", source);
  Row row;
  for (const auto& [name, content] : source.items()) {
    KILN_TRY_ASSIGN(Value value, value_from_json(content));
    row.emplace(name, std::move(value));
  }
  return row;
}

/// Conditions and mutations have one shape: [column, word, value].
template <typename T>
Result<std::vector<T>> triples_from_json(const json& source) {
  if (!source.is_array()) return wrong("a list of [column, word, value]", source);
  std::vector<T> triples;
  for (const auto& triple : source) {
    if (!triple.is_array() || triple.size() != 3 || !triple[0].is_string() || !triple[1].is_string())
      return wrong("[column, word, value]", triple);
    KILN_TRY_ASSIGN(Value value, value_from_json(triple[2]));
    triples.push_back({triple[0].get<std::string>(), triple[1].get<std::string>(), std::move(value)});
  }
  return triples;
}

std::string text_of(const json& operation, const char* key) {
  const auto found = operation.find(key);
  return found != operation.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::vector<std::string> texts_of(const json& operation, const char* key) {
  std::vector<std::string> texts;
  const auto found = operation.find(key);
  if (found == operation.end() || !found->is_array()) return texts;
  for (const json& text : *found)
    if (text.is_string()) texts.push_back(text.get<std::string>());
  return texts;
}

Result<Operation> insert_from_json(const json& source) {
  KILN_TRY_ASSIGN(Row row, row_from_json(source.value("row", nlohmann::json::object())));
  Insert insert{text_of(source, "table"), std::move(row), std::nullopt, text_of(source, "uuid-name")};
  if (source.contains("uuid")) {
    insert.uuid = Uuid::parse(text_of(source, "uuid"));
    if (!insert.uuid) return wrong("a uuid", source["uuid"]);
  }
  return insert;
}

Result<Operation> wait_from_json(const json& source, Where where) {
  const std::string until = text_of(source, "until");
  if (until != "==" && until != "!=") return wrong("an `until` of == or !=", source);
  Wait wait{text_of(source, "table"), std::move(where), texts_of(source, "columns"), until == "==", {}};
  for (const auto& content : source.value("rows", nlohmann::json::array())) {
    KILN_TRY_ASSIGN(Row row, row_from_json(content));
    wait.rows.push_back(std::move(row));
  }
  return wait;
}

}  // namespace

json to_json(const Value& value) {
  if (value.is_map()) {
    json pairs = json::array();
    for (const auto& [key, content] : value.pairs())
      pairs.push_back(json::array({atom_to_json(key), atom_to_json(content)}));
    return json::array({"map", std::move(pairs)});
  }
  if (value.atoms().size() == 1) return atom_to_json(value.atoms().front());
  json atoms = json::array();
  for (const Atom& atom : value.atoms()) atoms.push_back(atom_to_json(atom));
  return json::array({"set", std::move(atoms)});
}

json to_json(const Row& row) {
  json object = json::object();
  for (const auto& [name, value] : row) object[name] = to_json(value);
  return object;
}

json to_json(const Operation& operation) {
  return std::visit(OperationNotation{}, operation);
}

Result<Value> value_from_json(const json& source) {
  const bool tagged =
      source.is_array() && source.size() == 2 && source[0].is_string() && source[1].is_array();
  if (tagged && source[0] == "map") return map_from_json(source[1]);
  if (tagged && source[0] == "set") {
    std::vector<Atom> atoms;
    for (const auto& element : source[1]) {
      KILN_TRY_ASSIGN(Atom atom, atom_from_json(element));
      atoms.push_back(std::move(atom));
    }
    return Value::set(std::move(atoms));
  }
  KILN_TRY_ASSIGN(Atom atom, atom_from_json(source));
  return Value::set({std::move(atom)});
}

Result<Operation> operation_from_json(const json& source) {
  if (!source.is_object()) return wrong("an operation", source);
  const std::string op = text_of(source, "op");
  if (op != "comment" && text_of(source, "table").empty()) return wrong("a `table`", source);
  if (op == "insert") return insert_from_json(source);
  if (op == "comment") return Operation(Comment{text_of(source, "comment")});
  constexpr std::array<std::string_view, 5> kOfRows = {"update", "mutate", "delete", "select", "wait"};
  if (std::ranges::find(kOfRows, op) == kOfRows.end()) return wrong("an `op` of RFC 7047, 5.2", source);
  // RFC 7047, 5.2.2 to 5.2.6: it is always there. One that was lost would mean every row.
  if (!source.contains("where")) return wrong("a `where`", source);
  KILN_TRY_ASSIGN(Where where, triples_from_json<Condition>(source["where"]));
  const std::string table = text_of(source, "table");
  if (op == "update") {
    KILN_TRY_ASSIGN(Row row, row_from_json(source.value("row", nlohmann::json::object())));
    return Operation(Update{table, std::move(where), std::move(row)});
  }
  if (op == "mutate") {
    KILN_TRY_ASSIGN(auto mutations,
                    triples_from_json<Mutation>(source.value("mutations", nlohmann::json::array())));
    return Operation(Mutate{table, std::move(where), std::move(mutations)});
  }
  if (op == "delete") return Operation(Delete{table, std::move(where)});
  if (op == "select") return Operation(Select{table, std::move(where), texts_of(source, "columns")});
  return wait_from_json(source, std::move(where));
}

}  // namespace kiln::ovsdb
