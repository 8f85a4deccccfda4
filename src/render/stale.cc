#include "render/stale.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "render/line.h"

namespace kiln::render {

std::string stale_text(const std::vector<planner::Stale>& stale, const Style& style) {
  std::string text =
      hanging("",
              "the plan is stale, and nothing was changed: " +
                  count_of(stale.size(), "fact that it rests on has", "facts that it rests on have") +
                  " changed since it was made",
              style);
  for (const planner::Stale& fact : stale) {
    text += hanging("  ~ ", fmt::format("{}  {}: {}", fact.host, fact.resource.text(), one_line(fact.fact)),
                    style);
    text += hanging("      was ", one_line(fact.planned), style);
    text += hanging("      is  ", one_line(fact.now), style);
    text += hanging("      voids ", join(fact.voids, ", "), style);
  }
  return text;
}

nlohmann::json stale_json(const std::string& plan_id, const std::vector<planner::Stale>& stale) {
  nlohmann::json list = nlohmann::json::array();
  for (const planner::Stale& fact : stale)
    list.push_back({{"resource", fact.resource.text()},
                    {"host", fact.host},
                    {"fact", fact.fact},
                    {"planned", fact.planned},
                    {"now", fact.now},
                    {"voids", fact.voids}});
  return {{"format_version", "1.0"},
          {"plan_id", plan_id},
          {"result", "stale"},
          {"mutations", 0},
          {"stale", std::move(list)}};
}

}  // namespace kiln::render
