#include <algorithm>

#include "planner/planner.h"

namespace kiln::planner {
namespace {

void point_at_lines(const resources::Resource& resource, Change& change) {
  for (AttributeChange& attribute : change.attributes) attribute.span = resource.span_of(attribute.path);
}

/// Everything that is there goes.
std::vector<AttributeChange> lost(const State& observed) {
  std::vector<AttributeChange> changes;
  for (const auto& [path, value] : observed)
    changes.push_back({.path = path, .from = value, .to = std::nullopt, .span = {}});
  return changes;
}

struct Compare {
  const resources::Resource& resource;
  const std::optional<State> wanted;
  Change& change;

  void operator()(const Unknown& unknown) const {
    change.verb = Verb::defer;
    change.why = unknown.why;
  }
  void operator()(const resources::Foreign& foreign) const {
    change.verb = Verb::defer;
    change.why = foreign.why;
  }
  void operator()(const Absent&) const {
    if (!wanted) return;
    change.verb = Verb::create;
    change.attributes = difference({}, *wanted);
    point_at_lines(resource, change);
  }
  void operator()(const State& observed) const {
    if (!wanted) {
      change.verb = Verb::remove;
      change.attributes = lost(observed);
      return;
    }
    change.attributes = difference(observed, *wanted);
    if (change.attributes.empty()) return;
    const auto replaces = [&](const AttributeChange& attribute) { return resource.replaces(attribute); };
    const auto replaced = std::ranges::find_if(change.attributes, replaces);
    change.verb = replaced == change.attributes.end() ? Verb::update : Verb::replace;
    if (change.verb == Verb::replace)
      change.why = replaced->path + " is not changed in place: the old one goes before the new one comes";
    point_at_lines(resource, change);
  }
};

}  // namespace

std::vector<Change> diff(const resources::Resources& resources, const Facts& facts) {
  std::vector<Change> changes;
  changes.reserve(resources.size());
  for (const auto& resource : resources) {
    Change& change = changes.emplace_back();
    change.id = resource->id();
    change.host = resource->host();
    change.span = resource->span();
    std::visit(Compare{*resource, resource->wanted(), change}, resource->observe(facts));
  }
  std::ranges::sort(changes, {}, &Change::id);
  return changes;
}

}  // namespace kiln::planner
