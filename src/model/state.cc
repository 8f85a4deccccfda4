#include "model/state.h"

#include <algorithm>

namespace kiln {

std::string to_text(const AttributeValue& value) {
  struct Text {
    std::string operator()(bool boolean) const { return boolean ? "true" : "false"; }
    std::string operator()(std::int64_t integer) const { return std::to_string(integer); }
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(const std::set<std::string>& set) const {
      std::string text = "{";
      for (const std::string& element : set) text += (text.size() > 1 ? ", " : "") + element;
      return text + "}";
    }
  };
  return std::visit(Text{}, value);
}

std::string_view to_string(Verb verb) {
  switch (verb) {
    case Verb::none:
      return "none";
    case Verb::create:
      return "create";
    case Verb::update:
      return "update";
    case Verb::replace:
      return "replace";
    case Verb::remove:
      return "remove";
    case Verb::defer:
      return "defer";
  }
  return "unknown";
}

bool Change::touches(const std::string& path) const {
  return std::ranges::find(attributes, path, &AttributeChange::path) != attributes.end();
}

std::vector<AttributeChange> difference(const State& observed, const State& wanted) {
  std::vector<AttributeChange> changes;
  for (const auto& [path, value] : wanted) {
    const auto found = observed.find(path);
    if (found != observed.end() && found->second == value) continue;
    AttributeChange change{.path = path, .from = std::nullopt, .to = value, .span = {}};
    if (found != observed.end()) change.from = found->second;
    changes.push_back(std::move(change));
  }
  for (const auto& [path, value] : observed)
    if (!wanted.contains(path))
      changes.push_back({.path = path, .from = value, .to = std::nullopt, .span = {}});
  std::ranges::sort(changes, {}, &AttributeChange::path);
  return changes;
}

}  // namespace kiln
