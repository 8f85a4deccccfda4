#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/uuid.h"

/// OVSDB's values (RFC 7047, 5.1). A scalar is a set of one, so that what a server sends as a bare atom
/// and what we wrote as a set compare equal; sets and maps have no order.

namespace kiln::ovsdb {

/// A name for a row that the same transaction inserts (RFC 7047, 5.1 `<named-uuid>`).
struct NamedUuid {
  std::string name;
  auto operator<=>(const NamedUuid&) const = default;
};

using Atom = std::variant<std::int64_t, double, bool, std::string, Uuid, NamedUuid>;
using Set = std::vector<Atom>;  ///< sorted, no atom twice
using Map = std::map<Atom, Atom>;

/// A column's content: a set (of one: a scalar) or a map. An empty set and an empty map are equal, as both
/// mean that there is nothing.
class Value {
 public:
  Value() = default;  ///< the empty set
  Value(std::int64_t atom) : content_(Set{atom}) {}
  Value(int atom) : Value(std::int64_t{atom}) {}
  Value(bool atom) : content_(Set{atom}) {}
  Value(double atom) : content_(Set{atom}) {}
  Value(std::string atom) : content_(Set{std::move(atom)}) {}
  Value(const char* atom) : Value(std::string(atom)) {}
  Value(const Uuid& atom) : content_(Set{atom}) {}
  Value(NamedUuid atom) : content_(Set{std::move(atom)}) {}
  Value(Map map) : content_(std::move(map)) {}

  /// Sorted, duplicates dropped.
  static Value set(std::vector<Atom> atoms);
  static Value strings(const std::vector<std::string>& atoms);
  static Value strings(const std::map<std::string, std::string>& pairs);
  static Value string_map(const std::map<std::string, std::string>& pairs) { return strings(pairs); }

  bool is_map() const { return std::holds_alternative<Map>(content_); }
  bool empty() const;
  /// The atoms of a set; none for a map.
  const Set& atoms() const;
  /// The pairs of a map; none for a set.
  const Map& pairs() const;

  /// The only atom, if it is one and a string (boolean, integer, uuid).
  std::optional<std::string> as_string() const;
  std::optional<bool> as_bool() const;
  std::optional<std::int64_t> as_integer() const;
  std::optional<Uuid> as_uuid() const;
  /// String atoms of a set, in order; others are left out.
  std::vector<std::string> as_strings() const;
  std::vector<Uuid> as_uuids() const;
  /// A string-to-string map; pairs of other types are left out.
  std::map<std::string, std::string> as_string_map() const;
  /// The value of one key of a string-to-string map.
  std::optional<std::string> at(const std::string& key) const;

  bool operator==(const Value& other) const;

 private:
  std::variant<Set, Map> content_;
};

using Row = std::map<std::string, Value>;  ///< by column; an absent column holds its default (empty or zero)
using Table = std::map<Uuid, Row>;
using Tables = std::map<std::string, Table>;

/// The column, or the empty value.
const Value& column(const Row& row, const std::string& name);

}  // namespace kiln::ovsdb
