// A saved plan that somebody may have edited. Either a refusal says why, or what was read is the same after
// it was written and read again, is in the order that the executor takes for granted, and can be shown on a
// terminal.

#include <algorithm>
#include <set>

#include "base/assert.h"
#include "fuzz.h"
#include "render/line.h"
#include "render/plan_graph.h"
#include "render/plan_text.h"
#include "render/saved_plan.h"

namespace kiln::render {
namespace {

bool control(char c) {
  return (c >= 0 && c < 0x20 && c != '\n') || c == 0x7f;
}

void check_shown(const std::string& text) {
  KILN_ASSERT(!text.empty() && std::ranges::none_of(text, control));
}

void check_show(const SavedPlan& saved, std::size_t width) {
  const Style style{.color = false, .utf8 = width % 2 == 0, .width = width};
  check_shown(plan_text(saved.plan, saved.answers, style, false));
  check_shown(plan_text(saved.plan, saved.answers, style, true));
  for (const GraphFormat format : {GraphFormat::dot, GraphFormat::mermaid})
    check_shown(plan_graph(saved.plan, format));
  for (const Step& step : saved.plan.steps) check_shown(step_explained(saved.plan, step.id));
  check_shown(saved.made_at + saved.file);  // `show` says them as they are
}

/// Ids are unique, and needs name steps that come before.
void check_order(const Plan& plan) {
  std::set<std::string> before;
  for (const Step& step : plan.steps) {
    KILN_ASSERT(!step.resources.empty());
    for (const StepNeed& need : step.needs) KILN_ASSERT(before.contains(need.step));
    KILN_ASSERT(before.insert(step.id).second);
  }
}

}  // namespace
}  // namespace kiln::render

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kiln::render;
  const std::string text = kiln::fuzz::text_of(data, size);
  const auto saved = read_saved_plan(text);
  if (!saved) {
    KILN_ASSERT(saved.error().code() == kiln::ErrorCode::malformed && !saved.error().text().empty());
    return 0;
  }
  KILN_ASSERT(looks_like_saved_plan(text));
  const auto again = read_saved_plan(saved_plan_text(*saved));
  KILN_ASSERT(again && *again == *saved);
  check_order(saved->plan);
  check_show(*saved, 1 + size % 120);
  return 0;
}
