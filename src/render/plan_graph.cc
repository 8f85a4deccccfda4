#include "render/plan_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "render/line.h"

namespace kiln::render {
namespace {

/// Quotes and backslashes end a label in both notations.
std::string label_of(const Step& step) {
  std::string label;
  for (const char c : one_line(step.host + ": " + step.title)) label += c == '"' || c == '\\' ? '\'' : c;
  return label;
}

/// Direct needs that no other need of the step leads to.
std::vector<std::size_t> shown_needs(const std::vector<std::set<std::size_t>>& before,
                                     const std::vector<std::size_t>& direct) {
  std::vector<std::size_t> shown;
  for (const std::size_t need : direct)
    if (std::ranges::none_of(direct, [&](std::size_t other) { return before[other].contains(need); }))
      shown.push_back(need);
  return shown;
}

std::vector<std::vector<std::size_t>> edges_of(const Plan& plan) {
  std::map<std::string, std::size_t> index;
  std::vector<std::set<std::size_t>> before(plan.steps.size());
  std::vector<std::vector<std::size_t>> edges;
  for (std::size_t at = 0; at < plan.steps.size(); ++at) {
    std::vector<std::size_t> direct;
    for (const StepNeed& need : plan.steps[at].needs)
      if (const auto found = index.find(need.step); found != index.end()) direct.push_back(found->second);
    for (const std::size_t need : direct) {
      before[at].insert(need);
      before[at].insert(before[need].begin(), before[need].end());
    }
    edges.push_back(shown_needs(before, direct));
    index.emplace(plan.steps[at].id, at);
  }
  return edges;
}

std::string place_in_brackets(const Span& span) {
  return span.known() ? fmt::format(" ({}:{})", span.file, span.line) : "";
}

std::string value_or_absence(const std::optional<AttributeValue>& value) {
  return value ? one_line(to_text(*value)) : "not there";
}

std::string entry(const char* word, const std::string& text) {
  return fmt::format("  {:<8} {}\n", word, one_line(text));
}

std::string causes_of(const Plan& plan, const Step& step) {
  std::string text;
  for (const ResourceId& id : step.resources) {
    const auto change = std::ranges::find(plan.changes, id, &Change::id);
    if (change == plan.changes.end()) continue;
    text += entry(
        "for", fmt::format("{} {}{}", to_string(change->verb), id.text(), place_in_brackets(change->span)));
    for (const AttributeChange& attribute : change->attributes)
      text +=
          entry("because", fmt::format("{}: {} -> {}{}", attribute.path, value_or_absence(attribute.from),
                                       value_or_absence(attribute.to), place_in_brackets(attribute.span)));
  }
  return text;
}

}  // namespace

std::string plan_graph(const Plan& plan, GraphFormat format) {
  const auto edges = edges_of(plan);
  const bool dot = format == GraphFormat::dot;
  std::string text = dot ? "digraph plan {\n  rankdir=LR;\n  node [shape=box];\n" : "flowchart LR\n";
  for (std::size_t at = 0; at < plan.steps.size(); ++at)
    text += fmt::format(fmt::runtime(dot ? "  s{} [label=\"{}\"{}];\n" : "  s{}[\"{}\"]{}\n"), at,
                        label_of(plan.steps[at]), dot && plan.steps[at].irreversible ? ", penwidth=3" : "");
  for (std::size_t at = 0; at < plan.steps.size(); ++at)
    for (const std::size_t need : edges[at])
      text += fmt::format(fmt::runtime(dot ? "  s{} -> s{};\n" : "  s{} --> s{}\n"), need, at);
  return dot ? text + "}\n" : text;
}

std::string step_explained(const Plan& plan, const std::string& id) {
  const auto found = std::ranges::find(plan.steps, id, &Step::id);
  if (found == plan.steps.end()) return {};
  const Step& step = *found;
  std::string text = one_line(fmt::format("{}: {}", step.id, step.title)) + '\n';
  text += entry("on", step.host);
  text += entry("risk", fmt::format("{}{}", to_string(step.risk), step.irreversible ? ", irreversible" : ""));
  text += causes_of(plan, step);
  for (const StepNeed& need : step.needs) text += entry("after", need.step + ": " + need.reason);
  if (!step.pool.empty()) text += entry("alone in", step.pool + ": one step of it at a time");
  for (const Gate& guard : step.guards) text += entry("only if", describe(guard.condition));
  for (const Action& action : step.actions) text += entry("does", describe(action));
  for (const Gate& gate : step.gates)
    text +=
        entry("until", fmt::format("{}{}, for {} s at most", describe(gate.condition),
                                   gate.host == step.host || gate.host == kCluster ? "" : " on " + gate.host,
                                   gate.deadline.count() / 1000));
  for (const Step& other : plan.steps)
    for (const StepNeed& need : other.needs)
      if (need.step == step.id) text += entry("before", other.id + ": " + need.reason);
  return text;
}

}  // namespace kiln::render
