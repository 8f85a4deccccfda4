#include "engine/restore.h"

#include <charconv>

#include "base/text.h"
#include "engine/cluster.h"
#include "planner/fingerprint.h"
#include "resources/works.h"

namespace kiln::engine {
namespace {

/// One transaction with many rows takes ovsdb-server its time.
constexpr Duration kDeadline{10 * 60 * 1000};

std::vector<int> numbers_of(const std::string& version) {
  std::vector<int> numbers;
  for (const std::string& part : split(version, '.')) {
    int number = 0;
    std::from_chars(part.data(), part.data() + part.size(), number);
    numbers.push_back(number);
  }
  return numbers;
}

Result<ovsdb::Standalone> read_rows(const Backup& backup, Database database, const FileIo& files) {
  const BackedUp* const copy = backup.find(database);
  const std::string name(schema_name(database));
  if (!copy) return fail(ErrorCode::not_found, '`' + backup.folder + "` holds no " + name);
  KILN_TRY_ASSIGN(const std::string content, files.read(backup.path_of(*copy)));
  auto rows = ovsdb::read_standalone(content);
  if (!rows) return fail(std::move(rows).error(), '`' + backup.path_of(*copy) + '`');
  if (rows->name != name)
    return fail(ErrorCode::malformed, '`' + backup.path_of(*copy) + "` is of " + rows->name);
  return rows;
}

/// The schema that the members serve now.
Result<std::string> running_version(Database database, Cluster& cluster, Seams& seams, const Limits& limits) {
  const Members members = cluster.find(database);
  for (const HostName& host : members.usable) {
    const Facts facts = seams.transport.look(host, {DatabaseLook{database}}, limits.look_timeout);
    const auto* status = facts.seen<DatabaseSeen>(host, DatabaseLook{database});
    if (status && !status->schema_version.empty()) return status->schema_version;
  }
  return fail(ErrorCode::unreachable,
              members.why.empty() ? "no member of " + std::string(schema_name(database)) + " can be asked"
                                  : members.why);
}

Result<ovsdb::Tables> rows_now(Database database, const ovsdb::Standalone& backup, Cluster& cluster) {
  std::vector<Look> looks;
  for (const auto& [table, defaults] : backup.defaults) {
    RowsLook look{database, table, {}};
    for (const auto& [column, value] : defaults) look.columns.push_back(column);
    looks.emplace_back(std::move(look));
  }
  const Facts facts = cluster.look(database, looks);
  ovsdb::Tables tables;
  for (const Look& look : looks) {
    const auto* seen = facts.seen<RowsSeen>(kCluster, look);
    if (!seen)
      return fail(ErrorCode::unreachable,
                  facts.unknown(kCluster, look)
                      .value_or("there is no " + std::string(schema_name(database)) + " to restore into"));
    const std::string& table = std::get<RowsLook>(look).table;
    for (const auto& [uuid, row] : seen->rows())
      tables[table][uuid] = ovsdb::without_defaults(row, backup.defaults.at(table));
  }
  return tables;
}

Step rows_step(Database database, ovsdb::Transaction transaction) {
  Step step;
  step.id = "restore/" + std::string(short_name(database)) + ":rows";
  step.host = kCluster;
  step.title = "put the backup's rows into " + std::string(schema_name(database));
  step.why = {"they differ from the backup's"};
  step.actions.push_back(Transact{database, std::move(transaction)});
  step.risk = Risk::data_plane;
  step.irreversible = true;
  step.deadline = kDeadline;
  return step;
}

/// ovn-northd may keep what it has computed for rows that others have changed under it (ovn-northd(8),
/// inc-engine/recompute).
void add_recompute(const Desired& desired, const std::string& after, Seams& seams, const Limits& limits,
                   std::vector<Step>& steps) {
  const AppctlLook status = resources::northd_status_look();
  for (const HostName& host : possible_centrals(desired)) {
    const Facts facts = seams.transport.look(host, {status}, limits.look_timeout);
    if (!facts.seen(host, status)) continue;
    Step step;
    step.id = "restore/sb:recompute-" + host;
    step.host = host;
    step.title = "let ovn-northd compute the southbound anew";
    step.why = {"rows of the southbound are the backup's"};
    step.actions.push_back(Appctl{"ovn-northd", {"inc-engine/recompute"}});
    step.needs.push_back({after, "the rows come first"});
    step.risk = Risk::control_plane;
    steps.push_back(std::move(step));
  }
}

}  // namespace

std::string why_not_convertible(const std::string& backup_version, const std::string& running_version) {
  const std::vector<int> then = numbers_of(backup_version);
  const std::vector<int> now = numbers_of(running_version);
  if (then.empty() || now.empty() || then.front() != now.front())
    return "the backup's schema is " + backup_version + ", the running one is " + running_version +
           ": rows cannot be taken from one to the other";
  if (then > now)
    return "the backup's schema " + backup_version + " is newer than the running " + running_version +
           ": upgrade OVN first, or take an older backup";
  return "";
}

Result<RestorePlan> plan_restore(const Desired& desired, const Backup& backup,
                                 const std::vector<Database>& databases, const FileIo& files, Seams& seams,
                                 const Limits& limits) {
  Cluster cluster(desired, seams.transport, limits.look_timeout);
  RestorePlan restore;
  restore.plan.cluster = desired.cluster.name;
  for (const Database database : databases) {
    KILN_TRY_ASSIGN(const ovsdb::Standalone then, read_rows(backup, database, files));
    KILN_TRY_ASSIGN(const std::string version, running_version(database, cluster, seams, limits));
    if (const std::string why = why_not_convertible(then.version, version); !why.empty())
      return fail(ErrorCode::precondition, std::string(schema_name(database)) + ": " + why);
    KILN_TRY_ASSIGN(const ovsdb::Tables now, rows_now(database, then, cluster));
    planner::Restore differs = planner::restore_rows(database, then, now);
    if (differs.transaction.empty()) continue;
    restore.tables[database] = std::move(differs.tables);
    Step step = rows_step(database, std::move(differs.transaction));
    // What ovn-northd makes of the northbound's rows is then replaced by what it made of them at the time.
    for (const Step& before : restore.plan.steps)
      step.needs.push_back({before.id, "the northbound is what the southbound is made from"});
    const std::string id = step.id;
    restore.plan.steps.push_back(std::move(step));
    if (database == Database::southbound) add_recompute(desired, id, seams, limits, restore.plan.steps);
  }
  restore.plan.id = planner::fingerprint(restore.plan);
  return restore;
}

}  // namespace kiln::engine
