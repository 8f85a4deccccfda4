#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "base/diag.h"

namespace kiln::config {

/// Finds what is used twice and may be used once.
class FirstUse {
 public:
  /// Where and by whom a thing was used.
  struct Use {
    std::string by;
    Span span;
  };
  /// The earlier use, or null if this is the first one.
  const Use* claim(const std::string& thing, std::string by, const Span& span) {
    const auto [found, is_new] = uses_.emplace(thing, Use{.by = std::move(by), .span = span});
    return is_new ? nullptr : &found->second;
  }

 private:
  std::map<std::string, Use> uses_;
};

/// The things of a table in the order in which they were written.
template <typename Named>
std::vector<const Named*> in_file_order(const std::map<std::string, Named>& things) {
  std::vector<const Named*> ordered;
  for (const auto& [name, thing] : things) ordered.push_back(&thing);
  std::ranges::stable_sort(ordered, {}, [](const Named* thing) -> const Span& { return thing->places.self; });
  return ordered;
}

/// Both places in one finding.
inline Diag& report_twice(Diags& diags, std::string slug, const Span& span, std::string message,
                          const FirstUse::Use& first) {
  Diag& diag = diags.error(std::move(slug), span, std::move(message));
  diag.notes.push_back({.text = "first used here, by `" + first.by + '`', .span = first.span});
  return diag;
}

}  // namespace kiln::config
