#include <algorithm>

#include "base/text.h"
#include "cli/commands/commands.h"
#include "cli/planning.h"
#include "cli/saved.h"
#include "model/slugs.h"
#include "render/plan_graph.h"
#include "render/slug_text.h"

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

/// The id of a step has a kind and a name, and that of a finding neither.
bool is_slug(const std::string& word) {
  return word.find_first_of(":/") == std::string::npos;
}

ExitCode explain_slug(const std::string& slug, Screen& screen) {
  if (const SlugPage* page = find_slug(slug)) {
    screen.result(render::slug_text(*page, screen.out_style()));
    return ExitCode::done;
  }
  std::vector<std::string> slugs;
  for (const SlugPage& page : slug_pages()) slugs.emplace_back(page.slug);
  const std::vector<std::string> near = near_names(slug, slugs);
  screen.error("there is no finding `" + slug + '`',
               near.empty() ? "docs/reference/messages.md lists them; the name of a step has `:` or `/`"
                            : "a finding with a similar name: `" + near.front() + '`');
  return ExitCode::failed;
}

}  // namespace

ExitCode run_explain(const Arguments& arguments, World& world, Screen& screen) {
  if (is_slug(arguments.step)) return explain_slug(arguments.step, screen);
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
