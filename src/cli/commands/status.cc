#include "engine/status.h"

#include <nlohmann/json.hpp>

#include "cli/commands/commands.h"
#include "cli/session.h"
#include "render/json_text.h"
#include "render/status_json.h"
#include "render/status_text.h"

namespace kiln::cli {

ExitCode run_status(const Arguments& arguments, World& world, Screen& screen) {
  const std::optional<Wanted> wanted = load_wanted(arguments, world, screen);
  if (!wanted) return ExitCode::invalid;
  const Desired& desired = wanted->desired;
  Session session(desired, world, arguments, screen);
  const engine::Status status = engine::read_status(desired, session.seams(), session.limits());
  session.progress().clear();
  screen.result(arguments.json ? render::json_text(render::status_json(status))
                               : render::status_text(status, screen.out_style(), arguments.verbose));
  return status.healthy() ? ExitCode::done : ExitCode::failed;
}

}  // namespace kiln::cli
