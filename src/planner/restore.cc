#include "planner/restore.h"

#include <set>

namespace kiln::planner {
namespace {

/// ovn-nb(5): what ovn-northd, ovn-nbctl and ovsdb-server write by themselves.
const std::map<std::string, std::set<std::string>>& columns_of_daemons() {
  static const std::map<std::string, std::set<std::string>> kColumns = {
      {"NB_Global",
       {"nb_cfg", "nb_cfg_timestamp", "sb_cfg", "sb_cfg_timestamp", "hv_cfg", "hv_cfg_timestamp"}},
      {"Logical_Switch_Port", {"up", "dynamic_addresses"}},
      {"Logical_Router_Port", {"status"}},
      {"Logical_Router_Static_Route", {"status"}},
      {"BFD", {"status"}}};
  return kColumns;
}

bool left_alone(Database database, const std::string& table, const std::string& column) {
  if (database != Database::northbound) return false;
  const auto found = columns_of_daemons().find(table);
  return found != columns_of_daemons().end() && found->second.contains(column);
}

/// NB_Global.options holds one key of ovn-northd's among those of the user: its own version.
void keep_daemons_options(Database database, const std::string& table, const ovsdb::Row& now,
                          ovsdb::Row& then) {
  constexpr const char* kOptions = "options";
  constexpr const char* kVersion = "northd_internal_version";
  if (database != Database::northbound || table != "NB_Global") return;
  std::map<std::string, std::string> options = ovsdb::column(then, kOptions).as_string_map();
  options.erase(kVersion);
  if (const auto version = ovsdb::column(now, kOptions).at(kVersion)) options[kVersion] = *version;
  then[kOptions] = ovsdb::Value::string_map(options);
}

const ovsdb::Value& value_or_default(const ovsdb::Row& row, const std::string& column,
                                     const ovsdb::Value& otherwise) {
  const auto found = row.find(column);
  return found == row.end() ? otherwise : found->second;
}

class TableRestore {
 public:
  TableRestore(Database database, const std::string& table,
               const std::map<std::string, ovsdb::Value>& defaults, Restore& restore)
      : database_(database), table_(table), defaults_(defaults), restore_(restore) {}

  void run(const ovsdb::Table& then, const ovsdb::Table& now) {
    for (const auto& [uuid, row] : then) {
      const auto there = now.find(uuid);
      if (there == now.end()) {
        add(ovsdb::Insert{.table = table_, .row = row, .uuid = uuid, .uuid_name = {}}).inserted++;
        continue;
      }
      ovsdb::Row changed = difference(row, there->second);
      if (!changed.empty()) add(ovsdb::Update{table_, ovsdb::by_uuid(uuid), std::move(changed)}).updated++;
    }
    for (const auto& [uuid, row] : now)
      if (!then.contains(uuid)) add(ovsdb::Delete{table_, ovsdb::by_uuid(uuid)}).deleted++;
  }

 private:
  RowsRestored& add(ovsdb::Operation operation) {
    restore_.transaction.push_back(std::move(operation));
    return restore_.tables[table_];
  }

  ovsdb::Row difference(ovsdb::Row then, const ovsdb::Row& now) const {
    keep_daemons_options(database_, table_, now, then);
    ovsdb::Row changed;
    for (const auto& [column, otherwise] : defaults_) {
      if (left_alone(database_, table_, column)) continue;
      const ovsdb::Value& wanted = value_or_default(then, column, otherwise);
      if (wanted != value_or_default(now, column, otherwise)) changed[column] = wanted;
    }
    return changed;
  }

  Database database_;
  const std::string& table_;
  const std::map<std::string, ovsdb::Value>& defaults_;
  Restore& restore_;
};

const ovsdb::Table& rows_of(const ovsdb::Tables& tables, const std::string& table) {
  static const ovsdb::Table kNone;
  const auto found = tables.find(table);
  return found == tables.end() ? kNone : found->second;
}

}  // namespace

Restore restore_rows(Database database, const ovsdb::Standalone& backup, const ovsdb::Tables& now) {
  Restore restore;
  for (const auto& [table, defaults] : backup.defaults)
    TableRestore(database, table, defaults, restore).run(rows_of(backup.rows, table), rows_of(now, table));
  return restore;
}

}  // namespace kiln::planner
