#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "config/check.h"
#include "config/format.h"

// Does every key that names a thing of another table name one that is there?

namespace kiln::config {
namespace {

template <typename Named>
std::vector<std::string> names_in(const std::map<std::string, Named>& things) {
  std::vector<std::string> names;
  for (const auto& [name, thing] : things) names.push_back(name);
  return names;
}

std::vector<std::string> port_keys(const Desired& desired) {
  std::vector<std::string> names;
  for (const auto& [switch_name, on] : desired.switches)
    for (const auto& [port_name, port] : on.ports) names.push_back(port.key());
  return names;
}

/// "n1, n2, n3", and how many more.
std::string some_of(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 10;
  if (names.size() <= kShown) return join(names, ", ");
  return fmt::format("{} and {} more",
                     join({names.begin(), names.begin() + static_cast<std::ptrdiff_t>(kShown)}, ", "),
                     names.size() - kShown);
}

}  // namespace

void check_references(const Decoded& decoded, Diags& diags) {
  const std::vector<std::string> nodes = names_in(decoded.desired.nodes);
  const std::vector<std::string> ports = port_keys(decoded.desired);
  const std::vector<std::string> workloads = names_in(decoded.desired.workloads);
  for (const Reference& reference : decoded.references) {
    const std::string_view kind = reference.table == "nodes"   ? "node"
                                  : reference.table == "ports" ? "port"
                                                               : "workload";
    const auto& names = kind == "node" ? nodes : kind == "port" ? ports : workloads;
    if (std::ranges::find(names, reference.name) != names.end()) continue;
    Diag& diag = diags.error("unknown-reference", reference.span,
                             fmt::format("`{}` in {} names the {} {}, which is not defined", reference.key,
                                         reference.where, kind, in_backticks(reference.name)));
    if (names.empty()) {
      diag.help = fmt::format(
          "no {} is defined; begin one with [{}]", kind,
          kind == "port" ? "switches.<switch>.ports.<port>" : fmt::format("{}.<name>", reference.table));
      continue;
    }
    diag.notes.push_back({.text = fmt::format("defined here are: {}", some_of(names)), .span = {}});
    const auto near = near_names(reference.name, names);
    if (!near.empty()) diag.help = fmt::format("a {} with a similar name exists: `{}`", kind, near.front());
  }
}

}  // namespace kiln::config
