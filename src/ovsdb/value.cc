#include "ovsdb/value.h"

#include <algorithm>

namespace kiln::ovsdb {
namespace {

template <typename T>
std::optional<T> only(const Set& atoms) {
  if (atoms.size() != 1) return std::nullopt;
  const T* atom = std::get_if<T>(&atoms.front());
  return atom ? std::optional<T>(*atom) : std::nullopt;
}

template <typename T>
std::vector<T> all(const Set& atoms) {
  std::vector<T> values;
  for (const Atom& atom : atoms)
    if (const T* value = std::get_if<T>(&atom)) values.push_back(*value);
  return values;
}

}  // namespace

Value Value::set(std::vector<Atom> atoms) {
  if (!std::ranges::is_sorted(atoms)) std::ranges::sort(atoms);  // a server sends them in order
  const auto twice = std::ranges::unique(atoms);
  atoms.erase(twice.begin(), twice.end());
  Value value;
  value.content_ = std::move(atoms);
  return value;
}

Value Value::strings(const std::vector<std::string>& atoms) {
  return set({atoms.begin(), atoms.end()});
}

Value Value::strings(const std::map<std::string, std::string>& pairs) {
  Map map;
  for (const auto& [key, text] : pairs) map.emplace(key, text);
  return map;
}

bool Value::empty() const {
  return atoms().empty() && pairs().empty();
}

const Set& Value::atoms() const {
  static const Set kNone;
  const Set* set = std::get_if<Set>(&content_);
  return set ? *set : kNone;
}

const Map& Value::pairs() const {
  static const Map kNone;
  const Map* map = std::get_if<Map>(&content_);
  return map ? *map : kNone;
}

std::optional<std::string> Value::as_string() const {
  return only<std::string>(atoms());
}
std::optional<bool> Value::as_bool() const {
  return only<bool>(atoms());
}
std::optional<std::int64_t> Value::as_integer() const {
  return only<std::int64_t>(atoms());
}
std::optional<Uuid> Value::as_uuid() const {
  return only<Uuid>(atoms());
}
std::vector<std::string> Value::as_strings() const {
  return all<std::string>(atoms());
}
std::vector<Uuid> Value::as_uuids() const {
  return all<Uuid>(atoms());
}

std::map<std::string, std::string> Value::as_string_map() const {
  std::map<std::string, std::string> map;
  for (const auto& [key, value] : pairs()) {
    const auto* name = std::get_if<std::string>(&key);
    const auto* text = std::get_if<std::string>(&value);
    if (name && text) map.emplace(*name, *text);
  }
  return map;
}

std::optional<std::string> Value::at(const std::string& key) const {
  const auto found = pairs().find(Atom(key));
  if (found == pairs().end()) return std::nullopt;
  const auto* text = std::get_if<std::string>(&found->second);
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

bool Value::operator==(const Value& other) const {
  if (empty() && other.empty()) return true;
  return content_ == other.content_;
}

const Value& column(const Row& row, const std::string& name) {
  static const Value kDefault;
  const auto found = row.find(name);
  return found == row.end() ? kDefault : found->second;
}

}  // namespace kiln::ovsdb
