#include "render/reboot_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "render/line.h"

namespace kiln::render {

std::string reboot_text(const planner::RollingReboot& reboot, const Style& style) {
  std::string text = hanging(
      "",
      fmt::format("{} of {}, one after the other: {}", count_of(reboot.order.size(), "reboot", "reboots"),
                  reboot.plan.cluster, join(reboot.order, ", ")),
      style, Tone::strong);
  std::vector<std::string> leaders;
  for (const HostName& node : reboot.leaders)
    if (std::ranges::find(reboot.order, node) != reboot.order.end()) leaders.push_back(node);
  if (!leaders.empty())
    text +=
        hanging("", join(leaders, " and ") + " leads a database now, and hands over before it goes.", style);
  text += '\n';
  for (const Step& step : reboot.plan.steps) text += hanging("  - ", step.host + ": " + step.title, style);
  return text;
}

std::string reboot_refusals_text(const planner::RollingReboot& reboot) {
  std::string text = "no node is rebooted:";
  for (const std::string& why : reboot.refusals) text += "\n  - " + one_line(why);
  return text;
}

}  // namespace kiln::render
