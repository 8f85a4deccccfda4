#include "engine/remembered.h"

#include <algorithm>
#include <ranges>

namespace kiln::engine {
namespace {

/// "database/n1/nb:create" in parts.
struct OfMember {
  std::string node;
  Database database{};
  std::string what;
};

std::optional<OfMember> member_step(const std::string& id) {
  constexpr std::string_view kKind = "database/";
  const std::size_t colon = id.rfind(':');
  const std::size_t slash = id.rfind('/', colon);
  if (!id.starts_with(kKind) || colon == std::string::npos || slash < kKind.size()) return std::nullopt;
  const std::string database = id.substr(slash + 1, colon - slash - 1);
  for (const Database one : {Database::northbound, Database::southbound})
    if (database == short_name(one))
      return OfMember{id.substr(kKind.size(), slash - kKind.size()), one, id.substr(colon + 1)};
  return std::nullopt;
}

bool became_member(const PastStep& step) {
  return step.status == StepStatus::done || std::ranges::any_of(step.actions, [](const PastAction& action) {
           return action.outcome != PastAction::Outcome::failed;
         });
}

}  // namespace

std::map<Database, std::set<std::string>> remembered_members(const PastRuns& past) {
  static const std::set<std::string> kEnter = {"create", "join", "adopt"};
  static const std::set<std::string> kLeave = {"retire", "kick"};
  std::map<Database, std::set<std::string>> members;
  for (const PastRun& run : past.runs)
    for (const PastStep& step : run.steps) {
      const auto of = member_step(step.step);
      if (!of || step.actions.empty()) continue;
      // A cluster that kiln took over was made by nobody, and its servers are started by kiln.
      const bool started = of->what == "start" && step.status == StepStatus::done;
      if (started || (kEnter.contains(of->what) && became_member(step)))
        members[of->database].insert(of->node);
      else if (kLeave.contains(of->what))
        members[of->database].erase(of->node);
    }
  return members;
}

std::optional<std::string> remembered_way(const PastRuns& past, const std::string& node,
                                          const std::string& address) {
  std::optional<std::string> by_another;
  for (const PastRun& run : past.runs | std::views::reverse)
    for (const auto& [name, way] : run.nodes) {
      if (way.substr(0, way.find(' ')) != address) continue;
      if (name == node) return way;
      if (!by_another) by_another = way;
    }
  return by_another;
}

}  // namespace kiln::engine
