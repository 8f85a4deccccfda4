#include "render/doctor_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "render/line.h"

namespace kiln::render {
namespace {

using engine::Examination;
using engine::Finding;
using engine::Health;

constexpr std::size_t kVerdictWidth = 9;  ///< "UNKNOWN" and two spaces

Tone tone_of_health(Health health) {
  switch (health) {
    case Health::pass:
      return Tone::good;
    case Health::warn:
      return Tone::warn;
    case Health::unknown:
    case Health::fail:
      return Tone::bad;
  }
  return Tone::plain;
}

/// A finding, and the checks that made it: several cannot look at a host that does not answer.
struct Block {
  const Finding* finding;
  std::vector<std::string> checks;
};

std::vector<Block> blocks_of(const std::vector<Examination>& checks, Health health) {
  std::vector<Block> blocks;
  for (const Examination& check : checks)
    for (const Finding& finding : check.findings) {
      if (finding.verdict != health) continue;
      const auto same =
          std::ranges::find_if(blocks, [&](const Block& block) { return *block.finding == finding; });
      if (same != blocks.end() && health == Health::unknown)
        same->checks.push_back(check.check);
      else
        blocks.push_back({&finding, {check.check}});
    }
  return blocks;
}

std::string block_text(const Block& block, const Style& style) {
  const Finding& finding = *block.finding;
  const std::string indent(kVerdictWidth, ' ');
  return style.paint(tone_of_health(finding.verdict), pad(to_string(finding.verdict), kVerdictWidth)) +
         style.paint(Tone::strong, one_line(finding.subject)) + '\n' +
         hanging(indent, one_line(finding.evidence), style) +
         hanging(indent + "mend: ", one_line(finding.mend), style) +
         hanging(indent + (block.checks.size() == 1 ? "check: " : "not checked: "), join(block.checks, ", "),
                 style, Tone::dim) +
         '\n';
}

std::string passed_text(const std::vector<Examination>& checks, const Style& style) {
  std::size_t width = 0;
  for (const Examination& check : checks)
    if (check.verdict() == Health::pass) width = std::max(width, width_of(check.check));
  std::string text;
  for (const Examination& check : checks) {
    if (check.verdict() != Health::pass) continue;
    const std::string passed = one_line(check.passed);
    const std::size_t taken = kVerdictWidth + width + 2;
    text += style.paint(Tone::good, pad("PASS", kVerdictWidth)) + pad(check.check, width) + "  " +
            cut(passed, std::max<std::size_t>(style.width, taken + 20) - taken, style) + '\n';
  }
  return text;
}

std::string numbers(const std::vector<Examination>& checks) {
  std::vector<std::string> parts;
  for (const Health health : {Health::fail, Health::unknown, Health::warn, Health::pass}) {
    const auto count = std::ranges::count(checks, health, &Examination::verdict);
    if (count > 0) parts.push_back(fmt::format("{} {}", count, to_string(health)));
  }
  return count_of(checks.size(), "check", "checks") + ": " + join(parts, ", ");
}

}  // namespace

std::string doctor_text(const engine::Checkup& checkup, const Style& style) {
  std::string text;
  for (const Health health : {Health::fail, Health::unknown, Health::warn})
    for (const Block& block : blocks_of(checkup.checks, health)) text += block_text(block, style);
  const std::string passed = passed_text(checkup.checks, style);
  text += passed + (passed.empty() ? "" : "\n");
  return text +
         style.paint(tone_of_health(checkup.verdict()), checkup.cluster + ": " + numbers(checkup.checks)) +
         '\n';
}

}  // namespace kiln::render
