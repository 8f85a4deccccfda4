#include "render/plan_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "render/line.h"
#include "render/plan_text_parts.h"

namespace kiln::render {
namespace {

std::string header_text(const Plan& plan, const Answers& answers, const Style& style) {
  std::vector<std::string> facts;
  if (!plan.revision.empty()) facts.push_back("revision " + plan.revision);
  facts.push_back(answers_text(answers));
  // Its claims on hosts and in the northbound are no steps (docs/decisions/0020-the-lease.md).
  if (std::ranges::any_of(plan.steps, [](const Step& step) { return step.host != kController; }))
    facts.emplace_back("applied under a lease");
  const std::string first = fmt::format("Plan {} for {}", plan.id, plan.cluster);
  const std::string part = plan.part.empty() ? "" : style.paint(Tone::warn, ", PARTIAL: " + plan.part);
  return style.paint(Tone::strong, first) + part + '\n' + hanging("  ", join(facts, ", "), style);
}

std::string summary_text(const Plan& plan, const Style& style) {
  const PlanSummary sum = summarize(plan);
  std::vector<std::string> parts;
  const auto part = [&](std::size_t count, const char* what) {
    if (count > 0) parts.push_back(fmt::format("{} to {}", count, what));
  };
  part(sum.create, "create");
  part(sum.update, "update");
  part(sum.replace, "replace");
  part(sum.remove, "remove");
  if (sum.defer > 0) parts.push_back(fmt::format("{} deferred", sum.defer));
  if (sum.unchanged > 0) parts.push_back(fmt::format("{} unchanged", sum.unchanged));
  if (plan.left_out > 0) parts.push_back(fmt::format("{} left out", plan.left_out));
  const std::string steps = fmt::format("{}, {}, {} irreversible.", count_of(sum.steps, "step", "steps"),
                                        count_of(sum.restarts, "restart", "restarts"), sum.irreversible);
  return hanging("", join(parts, ", ") + ". " + steps, style, Tone::strong);
}

std::string no_changes_text(const Plan& plan, const Answers& answers, const Style& style) {
  const std::size_t broken = plan.troubles.size();
  const std::string sentence =
      fmt::format("no changes: {} as {}, {}{}", count_of(plan.unchanged, "resource is", "resources are"),
                  broken == 0 ? "wanted" : "written", answers_text(answers),
                  broken == 0 ? "" : "; NOT ALL OF IT WORKS: see above");
  const std::string part = plan.part.empty() ? ""
                                             : fmt::format("; PARTIAL ({}): {} left out", plan.part,
                                                           count_of(plan.left_out, "change", "changes"));
  return hanging("", sentence + part, style);
}

std::string warnings_text(const Plan& plan, const Style& style) {
  std::string text;
  for (const std::string& warning : plan.warnings)
    text += hanging("  warning: ", one_line(warning), style, Tone::warn);
  return text.empty() ? text : text + '\n';
}

std::string plural_of(const std::string& word) {
  const bool hisses = word.ends_with("ch") || word.ends_with("sh") || word.ends_with("s");
  if (word.ends_with("cy")) return word.substr(0, word.size() - 1) + "ies";
  return word + (hisses ? "es" : "s");
}

}  // namespace

std::string troubles_text(const std::vector<Trouble>& troubles, const Style& style) {
  if (troubles.empty()) return {};
  std::string text = style.paint(Tone::bad, "As written, and does not work:") + '\n';
  for (const Trouble& trouble : troubles) {
    text += hanging("  ! ", one_line(to_text(trouble)), style, Tone::bad);
    text += hanging("      mend: ", one_line(trouble.mend), style);
  }
  return text + '\n';
}

std::string beside_text(const std::vector<Beside>& beside, const Style& style, bool verbose) {
  constexpr std::size_t kMostSet = 8;
  if (beside.empty()) return {};
  std::map<std::string, std::size_t> counts;
  for (const Beside& one : beside) ++counts[one.kind];
  std::vector<std::string> parts;
  for (const auto& [kind, count] : counts) parts.push_back(count_of(count, kind, plural_of(kind)));
  std::string text =
      hanging("beside kiln's: ", join(parts, ", ") + (verbose ? "" : " (-v lists them)"), style);
  std::size_t shown = 0;
  std::size_t left = 0;
  for (const Beside& one : beside) {
    if (!verbose && !one.on_ours) continue;
    if (!verbose && shown == kMostSet) {
      ++left;
      continue;
    }
    ++shown;
    text += hanging(one.on_ours ? "  on kiln's own: " : "  ", one_line(one.kind + ' ' + one.text), style);
  }
  if (left > 0) text += hanging("  ", fmt::format("and {} more on kiln's own", left), style);
  return text + '\n';
}

std::string answers_text(const Answers& answers) {
  std::string text =
      fmt::format("{} of {} answered", answers.answered(), count_of(answers.total, "host", "hosts"));
  if (!answers.silent.empty()) text += fmt::format(" ({} did not)", join(answers.silent, ", "));
  return text;
}

std::string plan_text(const Plan& plan, const Answers& answers, const Style& style, bool verbose) {
  if (plan.empty())
    return warnings_text(plan, style) + troubles_text(plan.troubles, style) +
           beside_text(plan.beside, style, verbose) + no_changes_text(plan, answers, style);
  std::string text = header_text(plan, answers, style) + '\n' + warnings_text(plan, style);
  text += troubles_text(plan.troubles, style) + beside_text(plan.beside, style, verbose);
  if (!plan.changes.empty()) text += changes_text(plan, answers, style, verbose) + '\n';
  if (!plan.steps.empty()) text += (verbose ? steps_text(plan, style) : waves_text(plan, style)) + '\n';
  return text + summary_text(plan, style);
}

}  // namespace kiln::render
