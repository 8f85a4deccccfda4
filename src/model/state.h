#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "base/diag.h"
#include "model/id.h"

/// Wanted and observed have one form, so that there is one diff: attributes by path. A path that is not in
/// the wanted state is not managed and never compared.

namespace kiln {

using AttributeValue = std::variant<bool, std::int64_t, std::string, std::set<std::string>>;
/// By path in the field's terms: "external_ids:ovn-encap-ip", "unit ovn-northd.service", "addresses".
using State = std::map<std::string, AttributeValue>;

/// For people: "10.0.1.11", "3", "true", "{a, b}".
std::string to_text(const AttributeValue& value);

enum class Verb { none, create, update, replace, remove, defer };
std::string_view to_string(Verb verb);

/// One attribute that differs. An empty optional side: the attribute is not there.
struct AttributeChange {
  std::string path;
  std::optional<AttributeValue> from;
  std::optional<AttributeValue> to;
  Span span;  ///< the line of the file that wants it, if one does
  bool operator==(const AttributeChange&) const = default;
};

/// What has to happen to one resource.
struct Change {
  ResourceId id;
  HostName host;
  Verb verb = Verb::none;
  std::vector<AttributeChange> attributes;  ///< sorted by path; empty for none and defer
  std::string why;                          ///< for defer: what is not known or not possible
  Span span;
  bool operator==(const Change&) const = default;

  /// True if this attribute is among those that differ.
  bool touches(const std::string& path) const;
};

/// What differs between the two, sorted by path: what is observed and not wanted too (`to` is unset then).
std::vector<AttributeChange> difference(const State& observed, const State& wanted);

}  // namespace kiln
