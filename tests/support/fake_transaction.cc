#include "support/fake_transaction.h"

#include <algorithm>
#include <set>

namespace kiln::test {
namespace {

using ovsdb::Atom;
using ovsdb::OperationResult;
using ovsdb::Row;
using ovsdb::Value;

bool holds(const ovsdb::Condition& condition, const Uuid& uuid, const Row& row) {
  const Value value = condition.column == "_uuid" ? Value(uuid) : column(row, condition.column);
  if (condition.function == "==") return value == condition.value;
  if (condition.function == "!=") return !(value == condition.value);
  const auto has = [&](const Atom& atom) { return std::ranges::binary_search(value.atoms(), atom); };
  bool all = std::ranges::all_of(condition.value.atoms(), has);
  bool any = std::ranges::any_of(condition.value.atoms(), has);
  for (const auto& [key, mapped] : condition.value.pairs()) {
    const auto found = value.pairs().find(key);
    const bool there = found != value.pairs().end() && found->second == mapped;
    all = all && there;
    any = any || there;
  }
  return condition.function == "includes" ? all : !any;
}

Value with(const Value& old, const Value& more) {
  if (more.is_map() || old.is_map()) {
    // A key that is there keeps its value (RFC 7047, 5.1 <mutation>).
    ovsdb::Map pairs = old.pairs();
    for (const auto& pair : more.pairs()) pairs.insert(pair);
    return pairs;
  }
  std::vector<Atom> atoms = old.atoms();
  atoms.insert(atoms.end(), more.atoms().begin(), more.atoms().end());
  return Value::set(std::move(atoms));
}

Value without(const Value& old, const Value& less) {
  if (old.is_map()) {
    ovsdb::Map pairs = old.pairs();
    for (const Atom& key : less.atoms()) pairs.erase(key);
    for (const auto& [key, mapped] : less.pairs())
      if (const auto found = pairs.find(key); found != pairs.end() && found->second == mapped)
        pairs.erase(found);
    return pairs;
  }
  std::vector<Atom> atoms = old.atoms();
  std::erase_if(atoms, [&](const Atom& atom) { return std::ranges::binary_search(less.atoms(), atom); });
  return Value::set(std::move(atoms));
}

std::vector<Uuid> references(const Row& row, const std::string& name) {
  return column(row, name).as_uuids();
}

}  // namespace

Result<std::vector<OperationResult>> FakeTransaction::run(const ovsdb::Transaction& transaction) {
  // A name may be used before the operation that makes it.
  for (const ovsdb::Operation& operation : transaction)
    if (const auto* act = std::get_if<ovsdb::Insert>(&operation); act && !act->uuid_name.empty())
      names_[act->uuid_name] = act->uuid ? *act->uuid : random_.uuid();
  std::vector<OperationResult> results;
  for (std::size_t at = 0; at < transaction.size(); ++at) {
    Result<OperationResult> result = execute(transaction[at]);
    if (!result) return fail(std::move(result).error(), ovsdb::place_of(at, transaction));
    results.push_back(std::move(*result));
  }
  KILN_TRY(commit());
  return results;
}

Result<OperationResult> FakeTransaction::execute(const ovsdb::Operation& operation) {
  struct Visit {
    FakeTransaction& work;
    Result<OperationResult> operator()(const ovsdb::Insert& act) const { return work.insert(act); }
    Result<OperationResult> operator()(const ovsdb::Update& act) const { return work.update(act); }
    Result<OperationResult> operator()(const ovsdb::Mutate& act) const { return work.mutate(act); }
    Result<OperationResult> operator()(const ovsdb::Delete& act) const { return work.remove(act); }
    Result<OperationResult> operator()(const ovsdb::Select& act) const { return work.select(act); }
    Result<OperationResult> operator()(const ovsdb::Wait& act) const { return work.wait(act); }
    Result<OperationResult> operator()(const ovsdb::Comment&) const { return OperationResult{}; }
  };
  return std::visit(Visit{*this}, operation);
}

Result<OperationResult> FakeTransaction::insert(const ovsdb::Insert& act) {
  KILN_TRY(check_columns(act.table, act.row));
  Uuid uuid = act.uuid ? *act.uuid : random_.uuid();
  if (const auto named = names_.find(act.uuid_name); named != names_.end()) uuid = named->second;
  for (const auto& [name, table] : tables)
    if (table.contains(uuid)) return fail(ErrorCode::precondition, "duplicate uuid: " + uuid.text());
  Row row;
  for (const auto& [name, value] : act.row) {
    KILN_TRY_ASSIGN(row[name], resolve(value));
  }
  tables[act.table].emplace(uuid, std::move(row));
  return OperationResult{.count = 0, .uuid = uuid, .rows = {}};
}

Result<OperationResult> FakeTransaction::update(const ovsdb::Update& act) {
  KILN_TRY(check_columns(act.table, act.row));
  KILN_TRY_ASSIGN(const auto uuids, matching(act.table, act.where));
  for (const Uuid& uuid : uuids)
    for (const auto& [name, value] : act.row) {
      KILN_TRY_ASSIGN(tables[act.table][uuid][name], resolve(value));
    }
  return OperationResult{.count = uuids.size(), .uuid = {}, .rows = {}};
}

Result<OperationResult> FakeTransaction::mutate(const ovsdb::Mutate& act) {
  KILN_TRY_ASSIGN(const auto uuids, matching(act.table, act.where));
  for (const ovsdb::Mutation& mutation : act.mutations) {
    KILN_TRY(check_columns(act.table, {{mutation.column, {}}}));
    KILN_TRY_ASSIGN(const Value value, resolve(mutation.value));
    for (const Uuid& uuid : uuids) {
      Value& cell = tables[act.table][uuid][mutation.column];
      if (mutation.mutator != "insert" && mutation.mutator != "delete")
        return fail(ErrorCode::failed, "the fake knows no mutator " + mutation.mutator);
      cell = mutation.mutator == "insert" ? with(cell, value) : without(cell, value);
    }
  }
  return OperationResult{.count = uuids.size(), .uuid = {}, .rows = {}};
}

Result<OperationResult> FakeTransaction::remove(const ovsdb::Delete& act) {
  KILN_TRY_ASSIGN(const auto uuids, matching(act.table, act.where));
  for (const Uuid& uuid : uuids) tables[act.table].erase(uuid);
  return OperationResult{.count = uuids.size(), .uuid = {}, .rows = {}};
}

Result<OperationResult> FakeTransaction::select(const ovsdb::Select& act) {
  KILN_TRY_ASSIGN(const auto uuids, matching(act.table, act.where));
  OperationResult result;
  for (const Uuid& uuid : uuids) result.rows.push_back(tables[act.table][uuid]);
  return result;
}

Result<OperationResult> FakeTransaction::wait(const ovsdb::Wait& act) {
  KILN_TRY_ASSIGN(const auto uuids, matching(act.table, act.where));
  const auto cut = [&](const Row& row) {
    Row cells;
    for (const std::string& name : act.columns)
      if (!column(row, name).empty()) cells[name] = column(row, name);
    return cells;
  };
  std::vector<Row> found;
  for (const Uuid& uuid : uuids) found.push_back(cut(tables[act.table][uuid]));
  std::vector<Row> wanted;
  for (const Row& row : act.rows) wanted.push_back(cut(row));
  const bool same = std::ranges::is_permutation(found, wanted);
  if (same != act.equal) return fail(ErrorCode::precondition, "timed out: \"wait\" did not hold");
  return OperationResult{};
}

Result<> FakeTransaction::check_columns(const std::string& table, const Row& row) const {
  const auto rules = schema_.find(table);
  if (rules == schema_.end()) return fail(ErrorCode::failed, "unknown table " + table);
  for (const auto& [name, value] : row)
    if (!rules->second.columns.contains(name))
      return fail(ErrorCode::failed, "unknown column " + name + " in " + table);
  return {};
}

Result<std::vector<Uuid>> FakeTransaction::matching(const std::string& table,
                                                    const ovsdb::Where& where) const {
  for (const ovsdb::Condition& condition : where)
    if (condition.column != "_uuid") KILN_TRY(check_columns(table, {{condition.column, {}}}));
  KILN_TRY(check_columns(table, {}));
  std::vector<Uuid> uuids;
  const auto found = tables.find(table);
  if (found == tables.end()) return uuids;
  for (const auto& [uuid, row] : found->second)
    if (std::ranges::all_of(where, [&](const auto& condition) { return holds(condition, uuid, row); }))
      uuids.push_back(uuid);
  return uuids;
}

Result<Value> FakeTransaction::resolve(const Value& value) const {
  if (value.is_map()) return value;
  std::vector<Atom> atoms;
  for (const Atom& atom : value.atoms()) {
    const auto* named = std::get_if<ovsdb::NamedUuid>(&atom);
    if (!named) {
      atoms.push_back(atom);
      continue;
    }
    const auto found = names_.find(named->name);
    if (found == names_.end()) return fail(ErrorCode::not_found, "no row is named " + named->name);
    atoms.emplace_back(found->second);
  }
  return Value::set(std::move(atoms));
}

/// Garbage first, then what must hold of what is left.
Result<> FakeTransaction::commit() {
  collect();
  for (const auto& [name, rules] : schema_) KILN_TRY(check_table(name, rules));
  return {};
}

void FakeTransaction::collect() {
  for (bool again = true; again;) {
    again = false;
    std::map<std::string, std::set<Uuid>> used;
    for (const auto& [name, rules] : schema_)
      for (const auto& [uuid, row] : tables[name])
        for (const auto& [from, to] : rules.owns)
          for (const Uuid& referred : references(row, from)) used[to].insert(referred);
    for (const auto& [name, rules] : schema_)
      if (!rules.root)
        again = std::erase_if(tables[name],
                              [&](const auto& row) { return !used[name].contains(row.first); }) > 0 ||
                again;
  }
  for (const auto& [name, rules] : schema_)
    for (auto& [uuid, row] : tables[name])
      for (const auto& [from, to] : rules.knows) {
        std::vector<Atom> left;
        for (const Uuid& referred : references(row, from))
          if (tables[to].contains(referred)) left.emplace_back(referred);
        if (row.contains(from)) row[from] = Value::set(std::move(left));
      }
}

Result<> FakeTransaction::check_table(const std::string& name, const FakeTable& rules) const {
  const auto found = tables.find(name);
  if (found == tables.end()) return {};
  if (rules.single && found->second.size() > 1)
    return fail(ErrorCode::precondition, "constraint violation: " + name + " holds one row at most");
  std::set<std::string> seen;
  for (const auto& [uuid, row] : found->second) {
    const auto key = column(row, rules.index).as_string();
    if (!rules.index.empty() && !seen.insert(key.value_or("")).second)
      return fail(ErrorCode::precondition, "constraint violation: two rows of " + name + " with " +
                                               rules.index + ' ' + key.value_or("\"\""));
    for (const auto& [from, to] : rules.owns)
      for (const Uuid& referred : references(row, from)) {
        const auto target = tables.find(to);
        if (target == tables.end() || !target->second.contains(referred))
          return fail(ErrorCode::precondition, "referential integrity violation: " + name + '.' + from +
                                                   " refers to " + referred.text() + ", which is not there");
      }
  }
  return {};
}

}  // namespace kiln::test
