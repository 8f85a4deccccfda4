#include "render/schema_for_test.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

namespace kiln::render {
namespace {

using nlohmann::json;

class Checker {
 public:
  explicit Checker(const json& root) : root_(root) {}

  std::string check(const json& schema, const json& value, const std::string& at) const {
    if (schema.contains("$ref")) {
      const std::string reference = schema["$ref"];
      return check(root_.at(json::json_pointer(reference.substr(1))), value, at);
    }
    std::string problems;
    if (schema.contains("type") && !has_type(schema["type"], value)) return at + ": wrong type\n";
    if (schema.contains("enum") && std::ranges::find(schema["enum"], value) == schema["enum"].end())
      problems += at + ": not one of the enum\n";
    if (schema.contains("oneOf") && matching(schema["oneOf"], value, at) != 1)
      problems += at + ": not exactly one of oneOf\n";
    if (value.is_object()) problems += check_object(schema, value, at);
    if (value.is_array() && schema.contains("items"))
      for (std::size_t i = 0; i < value.size(); ++i)
        problems += check(schema["items"], value[i], at + '/' + std::to_string(i));
    return problems;
  }

 private:
  static bool is(const std::string& type, const json& value) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "integer") return value.is_number_integer();
    if (type == "boolean") return value.is_boolean();
    return type == "null" && value.is_null();
  }
  static bool has_type(const json& type, const json& value) {
    if (type.is_string()) return is(type, value);
    return std::ranges::any_of(type, [&](const json& one) { return is(one, value); });
  }
  long matching(const json& schemas, const json& value, const std::string& at) const {
    return std::ranges::count_if(schemas, [&](const json& one) { return check(one, value, at).empty(); });
  }
  std::string check_object(const json& schema, const json& value, const std::string& at) const {
    std::string problems;
    for (const json& key : schema.value("required", json::array()))
      if (!value.contains(key.get<std::string>()))
        problems += at + ": lacks " + key.get<std::string>() + '\n';
    const json properties = schema.value("properties", json::object());
    for (const auto& [key, member] : value.items()) {
      if (properties.contains(key)) {
        problems += check(properties[key], member, at + '/' + key);
      } else if (schema.contains("additionalProperties") && schema["additionalProperties"] == false) {
        problems += at + ": " + key + " is not in the schema\n";
      }
    }
    return problems;
  }

  const json& root_;
};

}  // namespace

std::string schema_problems(const std::string& path, const json& value) {
  std::ifstream file(std::string(KILN_SOURCE_DIR) + '/' + path);
  const json schema = json::parse(file, nullptr, false);
  if (schema.is_discarded()) return path + " is not JSON\n";
  return Checker(schema).check(schema, value, "");
}

}  // namespace kiln::render
