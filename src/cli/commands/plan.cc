#include <nlohmann/json.hpp>

#include "cli/commands/commands.h"
#include "cli/planning.h"
#include "cli/saved.h"
#include "render/json_text.h"
#include "render/plan_graph.h"
#include "render/plan_json.h"
#include "render/plan_text.h"

namespace kiln::cli {

ExitCode run_plan(const Arguments& arguments, World& world, Screen& screen) {
  const std::optional<Wanted> wanted = load_wanted(arguments, world, screen);
  if (!wanted) return ExitCode::invalid;
  const Desired& desired = wanted->desired;
  // From here the file is right by itself. Hosts are only looked at.
  Session session(desired, world, arguments, screen);
  const Planning planning = make_planning(*wanted, session, screen);
  if (!planning.planned) return planning.code;

  const Plan& plan = planning.planned->plan;
  const render::Answers answers = answers_of(planning.planned->desired, planning.planned->facts);
  if (!arguments.out.empty()) {
    const render::SavedPlan saved{plan, answers, arguments.file, wanted->sources,
                                  format_utc(world.clock.now())};
    if (!save_plan(arguments.out, saved, world, screen)) return ExitCode::failed;
  }
  if (!arguments.graph.empty()) {
    using enum render::GraphFormat;
    screen.result(render::plan_graph(plan, arguments.graph == "dot" ? dot : mermaid));
    return arguments.detailed_exitcode && !plan.well() ? ExitCode::pending : ExitCode::done;
  }
  screen.result(arguments.json ? render::json_text(render::plan_json(plan, answers))
                               : render::plan_text(plan, answers, screen.out_style(), arguments.verbose));
  return arguments.detailed_exitcode && !plan.well() ? ExitCode::pending : ExitCode::done;
}

}  // namespace kiln::cli
