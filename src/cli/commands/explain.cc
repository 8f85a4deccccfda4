#include <algorithm>

#include "base/text.h"
#include "cli/commands/commands.h"
#include "cli/planning.h"
#include "cli/saved.h"
#include "render/plan_graph.h"

namespace kiln::cli {
namespace {

/// The saved plan, or the one that the hosts ask for now.
std::optional<Plan> plan_of(const Arguments& arguments, World& world, Screen& screen, ExitCode& code) {
  code = ExitCode::invalid;
  if (is_saved_plan(arguments.file, world)) {
    std::optional<render::SavedPlan> saved = load_saved(arguments.file, world, screen);
    if (!saved) return std::nullopt;
    return std::move(saved->plan);
  }
  const std::optional<Wanted> wanted = load_wanted(arguments, world, screen);
  if (!wanted) return std::nullopt;
  Session session(wanted->desired, world, arguments, screen);
  Planning planning = make_planning(*wanted, session, screen);
  code = planning.code;
  if (!planning.planned) return std::nullopt;
  return std::move(planning.planned->plan);
}

}  // namespace

ExitCode run_explain(const Arguments& arguments, World& world, Screen& screen) {
  ExitCode code = ExitCode::done;
  const std::optional<Plan> plan = plan_of(arguments, world, screen, code);
  if (!plan) return code;
  const std::string text = render::step_explained(*plan, arguments.step);
  if (!text.empty()) {
    screen.result(text);
    return ExitCode::done;
  }
  // What was meant may be a resource, or the beginning of an id.
  std::vector<std::string> like;
  for (const Step& step : plan->steps)
    if (step.id.find(arguments.step) != std::string::npos) like.push_back(step.id);
  if (like.size() > 10) like.resize(10);
  screen.error("the plan has no step `" + arguments.step + '`',
               like.empty() ? "`kiln plan --json` lists the steps" : "did you mean: " + join(like, ", "));
  return ExitCode::failed;
}

}  // namespace kiln::cli
