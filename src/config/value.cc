#include "config/value.h"

#include <algorithm>

namespace kiln::config {

const Entry* Value::find(std::string_view key) const {
  const auto found = std::ranges::find(entries, key, &Entry::key);
  return found == entries.end() ? nullptr : &*found;
}

bool same_content(const Value& one, const Value& other) {
  const auto same_entry = [](const Entry& left, const Entry& right) {
    return left.key == right.key && same_content(left.value, right.value);
  };
  return one.type == other.type && one.text == other.text && one.integer == other.integer &&
         one.boolean == other.boolean && one.in_braces == other.in_braces &&
         std::ranges::equal(one.items, other.items, same_content) &&
         std::ranges::equal(one.entries, other.entries, same_entry);
}

std::string_view name_of(Value::Type type) {
  switch (type) {
    case Value::Type::string:
      return "a string";
    case Value::Type::integer:
      return "an integer";
    case Value::Type::floating:
      return "a floating point number";
    case Value::Type::boolean:
      return "a boolean";
    case Value::Type::datetime:
      return "a date or time";
    case Value::Type::array:
      return "an array";
    case Value::Type::table:
      return "a table";
  }
  return "";
}

}  // namespace kiln::config
