#include "config/value.h"

#include <algorithm>

namespace kiln::config {

const Entry* Value::find(std::string_view key) const {
  const auto found = std::ranges::find(entries, key, &Entry::key);
  return found == entries.end() ? nullptr : &*found;
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
