#include <fmt/format.h>

#include <map>

#include "base/text.h"
#include "config/check.h"
#include "config/format.h"

// Does every key that names a thing of another table name one that is there?

namespace kiln::config {
namespace {

/// The places of all things of a kind, by name.
using Defined = std::map<std::string, Span>;

template <typename Named>
Defined places_of(const std::map<std::string, Named>& things) {
  Defined places;
  for (const auto& [name, thing] : things) places.emplace(name, thing.places.self);
  return places;
}

Defined places_of_ports(const Desired& desired) {
  Defined places;
  for (const auto& [switch_name, on] : desired.switches)
    for (const auto& [port_name, port] : on.ports) places.emplace(port.key(), port.places.self);
  return places;
}

std::vector<std::string> names_in(const Defined& places) {
  std::vector<std::string> names;
  for (const auto& [name, place] : places) names.push_back(name);
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
  // Names that are near are looked for as long as somebody reads them: a search takes all names.
  constexpr std::size_t kSearches = 100;
  const Defined nodes = places_of(decoded.desired.nodes);
  const Defined ports = places_of_ports(decoded.desired);
  const Defined workloads = places_of(decoded.desired.workloads);
  for (const Reference& reference : decoded.references) {
    const std::string_view kind = reference.table == "nodes"   ? "node"
                                  : reference.table == "ports" ? "port"
                                                               : "workload";
    const Defined& defined = kind == "node" ? nodes : kind == "port" ? ports : workloads;
    if (defined.contains(reference.name)) continue;
    Diag& diag = diags.error("unknown-reference", reference.span,
                             fmt::format("`{}` in {} names the {} {}, which is not defined", reference.key,
                                         reference.where, kind, in_backticks(reference.name)));
    if (defined.empty()) {
      diag.help = fmt::format(
          "no {} is defined; begin one with [{}]", kind,
          kind == "port" ? "switches.<switch>.ports.<port>" : fmt::format("{}.<name>", reference.table));
      continue;
    }
    if (diags.size() > kSearches) continue;
    const std::vector<std::string> names = names_in(defined);
    diag.notes.push_back({.text = fmt::format("defined here are: {}", some_of(names)), .span = {}});
    const auto near = near_names(reference.name, names);
    if (near.empty()) continue;
    diag.notes.push_back({.text = fmt::format("a {} with a similar name is defined here", kind),
                          .span = defined.at(near.front())});
    diag.help = fmt::format("a {} with a similar name exists: `{}`", kind, near.front());
  }
}

}  // namespace kiln::config
