#include "render/recovery_text.h"

#include <fmt/format.h>

#include "base/text.h"
#include "render/line.h"
#include "render/table.h"

namespace kiln::render {
namespace {

std::string what_may_be_lost(const planner::Recovery& recovery, const Style& style) {
  const planner::Survivor& kept = recovery.survivors.front();
  std::string text = hanging(
      "",
      fmt::format("The rows of {} are kept, up to entry {} of term {}.", kept.node, kept.index, kept.term),
      style, Tone::strong);
  if (!kept.refused.empty())
    text += hanging("",
                    "No server accepts its file (" + one_line(kept.refused) +
                        "): ovsdb-tool reads the rows, and there is no better file.",
                    style, Tone::warn);
  if (!recovery.lost.empty())
    text += hanging(
        "",
        "What a majority had and this log has not is lost with these, and nobody can say what it was:", style,
        Tone::warn);
  for (const std::string& member : recovery.lost)
    text += hanging("  - ", one_line(member), style, Tone::warn);
  if (kept.committed < kept.index)
    text += hanging("",
                    fmt::format("Its entries after {} may never have been confirmed to whoever wrote them.",
                                kept.committed),
                    style);
  return text;
}

}  // namespace

std::string recovery_text(const planner::Recovery& recovery, Database database, const Style& style) {
  std::string text;
  if (!recovery.cluster_id.empty()) {
    text +=
        fmt::format("{}, cluster {}, has lost its majority\n\n", schema_name(database), recovery.cluster_id);
    Table table({"SURVIVOR", "TERM", "INDEX", "COMMITTED"});
    for (const planner::Survivor& survivor : recovery.survivors)
      table.row({survivor.node, std::to_string(survivor.term), std::to_string(survivor.index),
                 std::to_string(survivor.committed)});
    text += table.text(style, 2) + '\n' + what_may_be_lost(recovery, style) + '\n';
  } else {
    text += fmt::format("{}: a recovery that was begun goes on\n\n", schema_name(database));
  }
  for (const Step& step : recovery.plan.steps) text += hanging("  - ", step.host + ": " + step.title, style);
  return text;
}

std::string refusals_text(const planner::Recovery& recovery, Database database) {
  std::string text = fmt::format("{} is not recovered:", schema_name(database));
  for (const std::string& why : recovery.refusals) text += "\n  - " + one_line(why);
  return text;
}

}  // namespace kiln::render
