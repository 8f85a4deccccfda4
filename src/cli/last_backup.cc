#include "cli/last_backup.h"

#include <algorithm>

#include "engine/backup.h"
#include "planner/ending.h"

namespace kiln::cli {

ExitCode back_up_what_ends(const Plan& plan, const Desired& desired, const Arguments& arguments, World& world,
                           Session& session, Screen& screen) {
  engine::BackupOf of;
  of.databases.clear();
  const bool pulls = desired.safety.left_databases == "pull";
  const planner::Holders leaving = pulls ? planner::left_databases(plan) : planner::ending_databases(plan);
  for (const auto& [database, holders] : leaving) {
    of.databases.push_back(database);
    of.holders.insert(of.holders.end(), holders.begin(), holders.end());
  }
  if (of.databases.empty()) return ExitCode::done;
  const std::vector<Database> wanted = of.databases;
  of.databases = engine::served(desired, of, session.seams(), session.limits());
  for (const Database database : wanted)
    if (std::ranges::find(of.databases, database) == of.databases.end())
      screen.talk("no backup of " + std::string(schema_name(database)) +
                  ": nobody serves it; its files are put aside on their nodes\n");
  if (of.databases.empty()) return ExitCode::done;
  const Result<engine::Backup> backup =
      engine::take_backup(desired, session.seams(), session.limits(), world.files, arguments.folder, of);
  session.progress().clear();
  if (!backup) {
    screen.error("no backup: " + backup.error().text(), "nothing was changed");
    return ExitCode::failed;
  }
  screen.talk("the rows are in " + backup->folder + ", from where `kiln restore` takes them\n");
  return ExitCode::done;
}

}  // namespace kiln::cli
