#include "planner/restore.h"

#include <set>

#include "model/lease.h"
#include "resources/nb/deployment.h"

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

/// Keys among those of the user that are not of the rows as they were: ovn-northd's own version, whose turn
/// it is to change the databases, and which deployment this is, of which the hosts have marks.
const std::map<std::string, std::map<std::string, std::set<std::string>>>& keys_of_now() {
  static const std::map<std::string, std::map<std::string, std::set<std::string>>> kKeys = {
      {"NB_Global",
       {{"options", {"northd_internal_version"}},
        {"external_ids", {kLeaseKey, kFenceKey, resources::kDeploymentKey}}}},
      {"SB_Global", {{"external_ids", {kLeaseKey, kFenceKey}}}}};
  return kKeys;
}

void keep_keys_of_now(const std::string& table, const ovsdb::Row& now, ovsdb::Row& then) {
  const auto found = keys_of_now().find(table);
  if (found == keys_of_now().end()) return;
  for (const auto& [column, keys] : found->second) {
    if (!then.contains(column) && !now.contains(column)) continue;
    std::map<std::string, std::string> map = ovsdb::column(then, column).as_string_map();
    for (const std::string& key : keys) {
      map.erase(key);
      if (const auto value = ovsdb::column(now, column).at(key)) map[key] = *value;
    }
    then[column] = ovsdb::Value::string_map(map);
  }
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
        ovsdb::Row gone = row;
        // There is one row of these, and a database that was made anew has it under another uuid.
        const bool only = table_ == global_table(database_) && now.size() == 1;
        keep_keys_of_now(table_, only ? now.begin()->second : ovsdb::Row{}, gone);
        add(ovsdb::Insert{.table = table_, .row = std::move(gone), .uuid = uuid, .uuid_name = {}}).inserted++;
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
    keep_keys_of_now(table_, now, then);
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
