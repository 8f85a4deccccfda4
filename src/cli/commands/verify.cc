#include <nlohmann/json.hpp>

#include "cli/commands/commands.h"
#include "cli/session.h"
#include "render/json_text.h"
#include "render/report_json.h"
#include "render/report_text.h"

namespace kiln::cli {

ExitCode run_verify(const Arguments& arguments, World& world, Screen& screen) {
  const std::optional<Wanted> wanted = load_wanted(arguments, world, screen);
  if (!wanted) return ExitCode::invalid;
  const Desired& desired = wanted->desired;
  Session session(desired, world, arguments, screen);
  const std::vector<StepReport> checks = engine::verify(desired, session.seams(), session.limits());
  session.progress().clear();
  screen.result(arguments.json ? render::json_text(render::checks_json(checks))
                               : render::checks_text(checks, screen.out_style()));
  return all_done(checks) ? ExitCode::done : ExitCode::failed;
}

}  // namespace kiln::cli
