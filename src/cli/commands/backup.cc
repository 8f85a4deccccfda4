#include "engine/backup.h"

#include <nlohmann/json.hpp>

#include "cli/commands/commands.h"
#include "cli/session.h"
#include "render/backup_text.h"
#include "render/json_text.h"

namespace kiln::cli {

ExitCode run_backup(const Arguments& arguments, World& world, Screen& screen) {
  const std::optional<Wanted> wanted = load_wanted(arguments, world, screen);
  if (!wanted) return ExitCode::invalid;
  Session session(wanted->desired, world, arguments, screen);
  if (!arguments.survivor.empty() && !wanted->desired.nodes.contains(arguments.survivor)) {
    screen.error("no node `" + arguments.survivor + "` in " + arguments.file, "there is no backup");
    return ExitCode::failed;
  }
  engine::BackupOf of;
  of.survivor = arguments.survivor;
  const Result<engine::Backup> backup = engine::take_backup(
      wanted->desired, session.seams(), session.limits(), world.files, arguments.folder, of);
  session.progress().clear();
  if (!backup) {
    screen.error(backup.error().text(), "there is no backup");
    return ExitCode::failed;
  }
  screen.result(arguments.json ? render::json_text(render::backup_json(*backup))
                               : render::backup_text(*backup, screen.out_style()));
  return ExitCode::done;
}

}  // namespace kiln::cli
