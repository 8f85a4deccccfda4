#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/commands/commands.h"
#include "cli/saved.h"
#include "planner/recheck.h"
#include "render/json_text.h"
#include "render/plan_json.h"
#include "render/plan_text.h"

namespace kiln::cli {

ExitCode run_show(const Arguments& arguments, World& world, Screen& screen) {
  const std::optional<render::SavedPlan> saved = load_saved(arguments.file, world, screen);
  if (!saved) return ExitCode::invalid;
  if (arguments.json) {
    screen.result(render::json_text(render::plan_json(saved->plan, saved->answers)));
  } else {
    screen.talk(fmt::format("made at {} from {}\n", saved->made_at, saved->file));
    screen.result(render::plan_text(saved->plan, saved->answers, screen.out_style(), arguments.verbose));
  }
  if (!planner::edited(saved->plan).empty())
    screen.talk("warning: somebody has edited this plan since it was saved: apply refuses it\n");
  return arguments.detailed_exitcode && !saved->plan.empty() ? ExitCode::pending : ExitCode::done;
}

}  // namespace kiln::cli
