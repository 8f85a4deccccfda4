#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "render/line.h"
#include "render/plan_summary.h"
#include "render/plan_text_parts.h"

namespace kiln::render {
namespace {

constexpr std::size_t kWidestHosts = 20;

/// Steps of one wave that do the same for the same reasons.
struct Group {
  std::size_t wave = 0;
  std::string title;
  std::vector<std::string> reasons;
  bool one_at_a_time = false;
  std::vector<HostName> hosts;
};

/// Why the step is in this wave: the reasons of what it waits for in the one before.
std::vector<std::string> reasons_of(const Step& step, std::size_t wave,
                                    const std::map<std::string, std::size_t>& wave_of) {
  std::vector<std::string> reasons;
  for (const StepNeed& need : step.needs) {
    const auto found = wave_of.find(need.step);
    if (found == wave_of.end() || found->second + 1 != wave) continue;
    if (std::ranges::find(reasons, need.reason) == reasons.end()) reasons.push_back(need.reason);
  }
  return reasons;
}

std::vector<Group> groups_of(const Plan& plan) {
  const std::vector<std::size_t> wave = waves(plan);
  std::map<std::string, std::size_t> wave_of;
  for (std::size_t i = 0; i < plan.steps.size(); ++i) wave_of[plan.steps[i].id] = wave[i];
  std::map<std::pair<std::size_t, std::string>, std::size_t> known;
  std::vector<Group> groups;
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    const std::string tags = tags_of(step);
    Group group{wave[i],
                one_line(step.title) + (tags.empty() ? "" : ' ' + tags),
                reasons_of(step, wave[i], wave_of),
                false,
                {}};
    const std::string key = group.title + '\n' + join(group.reasons, "\n") + '\n' + step.pool;
    const auto [at, fresh] = known.try_emplace({wave[i], key}, groups.size());
    if (fresh) groups.push_back(std::move(group));
    Group& same = groups[at->second];
    same.one_at_a_time = !fresh && !step.pool.empty();
    same.hosts.push_back(step.host);
  }
  // By wave, and in a wave what has the same reasons together, in the order of the plan.
  std::map<std::vector<std::string>, std::size_t> rank;
  for (const Group& group : groups) rank.try_emplace(group.reasons, rank.size());
  std::ranges::stable_sort(groups, {},
                           [&](const Group& group) { return std::pair(group.wave, rank.at(group.reasons)); });
  return groups;
}

/// "n1 n2 n3", or the first of many and their number.
std::string hosts_text(const Group& group, const Style& style) {
  std::vector<HostName> hosts = group.hosts;
  std::ranges::sort(hosts);
  const auto [first, last] = std::ranges::unique(hosts);
  hosts.erase(first, last);
  const std::string times = hosts.size() == group.hosts.size() ? "" : fmt::format(" x{}", group.hosts.size());
  std::string all = join(hosts, " ") + times;
  if (width_of(all) <= kWidestHosts) return all;
  if (hosts.size() == 1) return elide(hosts.front(), kWidestHosts - width_of(times), style) + times;
  const std::string count = fmt::format(" {} ({} hosts)", style.ellipsis(), hosts.size());
  return elide(hosts.front(), kWidestHosts - std::min(kWidestHosts, width_of(count)), style) + count;
}

std::string actions_text(const Step& step, const Style& style) {
  std::string text;
  for (const Gate& guard : step.guards)
    text += hanging("         only if ", one_line(describe(guard.condition)), style);
  for (const Action& action : step.actions) {
    std::string line = one_line(describe(action));
    if (const auto* file = std::get_if<WriteFile>(&action))
      line += fmt::format(" ({} bytes, {:04o})", file->content.size(), file->mode);
    text += hanging("         * ", line, style);
  }
  for (const Gate& gate : step.gates)
    text += hanging("         until ",
                    fmt::format("{} on {}, within {}", one_line(describe(gate.condition)), gate.host,
                                duration_text(gate.deadline)),
                    style);
  return text;
}

std::string step_text(const Step& step, std::size_t number, const std::map<std::string, std::size_t>& numbers,
                      const Style& style) {
  const std::string tags = tags_of(step);
  std::string text = hanging(fmt::format("  {:>3}  {}  ", number, step.host),
                             one_line(step.title) + (tags.empty() ? "" : ' ' + tags), style, Tone::strong);
  text += hanging("       step ", one_line(step.id), style, Tone::dim);
  for (const std::string& why : step.why) text += hanging("       why ", one_line(why), style, Tone::dim);
  for (const StepNeed& need : step.needs) {
    const auto found = numbers.find(need.step);
    const std::string after = found == numbers.end() ? need.step : std::to_string(found->second);
    text += hanging(fmt::format("       after {}: ", after), one_line(need.reason), style, Tone::dim);
  }
  return text + actions_text(step, style);
}

}  // namespace

std::string tags_of(const Step& step) {
  std::vector<std::string> tags;
  if (step.risk == Risk::quorum || step.risk == Risk::data_plane) tags.emplace_back(to_string(step.risk));
  if (step.irreversible) tags.emplace_back("irreversible");
  return tags.empty() ? "" : '[' + join(tags, ", ") + ']';
}

std::string waves_text(const Plan& plan, const Style& style) {
  const std::vector<Group> groups = groups_of(plan);
  std::size_t hosts = 0;
  for (const Group& group : groups) hosts = std::max(hosts, width_of(hosts_text(group, style)));
  std::string text =
      hanging("",
              fmt::format("Order of the {} (one number: may run at the same time; -v shows each):",
                          count_of(plan.steps.size(), "step", "steps")),
              style) +
      '\n';
  const Group* last = nullptr;
  for (const Group& group : groups) {
    const bool same_wave = last != nullptr && last->wave == group.wave;
    if (!same_wave || last->reasons != group.reasons) {
      const std::string number = same_wave ? "" : std::to_string(group.wave + 1);
      const std::string after =
          group.reasons.empty() ? "at once" : "because " + one_line(join(group.reasons, "; "));
      text += hanging(fmt::format("  {:>3}  ", number), after + ':', style, Tone::dim);
    }
    const std::string title = group.title + (group.one_at_a_time ? ", one at a time" : "");
    text += hanging(fmt::format("         {}  ", pad(hosts_text(group, style), hosts)), title, style);
    last = &group;
  }
  return text;
}

std::string steps_text(const Plan& plan, const Style& style) {
  std::map<std::string, std::size_t> numbers;
  for (const Step& step : plan.steps) numbers.emplace(step.id, numbers.size() + 1);
  std::string text = count_of(plan.steps.size(), "step", "steps") + ":\n\n";
  for (const Step& step : plan.steps) text += step_text(step, numbers.at(step.id), numbers, style);
  return text;
}

}  // namespace kiln::render
