#include "config/schema.h"

#include <nlohmann/json.hpp>

#include "config/format.h"
#include "model/describe.h"

namespace kiln::config {
namespace {

using Json = nlohmann::ordered_json;

/// The visitor of model/describe.h that writes a schema.
class SchemaWriter {
 public:
  void operator()(const Field& field, std::string& member) {
    Json& json = add(field, text_of(field));
    if (!member.empty()) json["default"] = member;
  }
  void operator()(const Field& field, std::optional<std::string>& /*member*/) { add(field, text_of(field)); }
  void operator()(const Field& field, bool& member) { add(field, {{"type", "boolean"}})["default"] = member; }
  void operator()(const Field& field, int& member) {
    add(field, {{"type", "integer"}, {"minimum", field.minimum}, {"maximum", field.maximum}})["default"] =
        member;
  }
  void operator()(const Field& field, std::optional<int>& /*member*/) {
    add(field, {{"type", "integer"}, {"minimum", field.minimum}, {"maximum", field.maximum}});
  }
  void operator()(const Field& field, std::vector<std::string>& member) {
    Json& json = add(field, list_of(field));
    if (!member.empty()) json["default"] = member;
  }
  void operator()(const Field& field, Services /*member*/) {
    add(field, {{"anyOf", {Json{{"type", "string"}, {"enum", {"auto"}}}, list_of(field)}}})["default"] =
        "auto";
  }
  void operator()(const Field& field, SecretReference& /*member*/) {
    Json keys;
    keys["env"] = {{"description", "Name of an environment variable of kiln."}, {"type", "string"}};
    keys["file"] = {{"description", "File that holds it, beside this one."}, {"type", "string"}};
    keys["command"] = {{"description", "Command of a shell that prints it."}, {"type", "string"}};
    add(field, {{"type", "object"},
                {"additionalProperties", false},
                {"minProperties", 1},
                {"maxProperties", 1},
                {"properties", keys}});
  }

  template <typename Spec>
  void table(const Field& field, Spec&& spec) {
    add(field, schema_of(spec, as_defaults_));
  }
  template <typename Spec>
  void map(const Field& field, std::map<std::string, Spec>& /*specs*/, const Spec& fresh) {
    Spec spec = fresh;
    add(field, {{"type", "object"}, {"additionalProperties", schema_of(spec, as_defaults_)}});
  }
  template <typename Spec>
  void array(const Field& field, std::vector<Spec>& /*specs*/) {
    Spec spec;
    add(field, {{"type", "array"}, {"items", schema_of(spec, as_defaults_)}});
  }

  template <typename Spec>
  void defaults(const Field& field, Spec& spec) {
    add(field, schema_of(spec, true));
  }

  /// `as_defaults`: nothing is required, and what only one of a kind can have is no key.
  template <typename Spec>
  static Json schema_of(Spec& spec, bool as_defaults) {
    SchemaWriter writer;
    writer.as_defaults_ = as_defaults;
    describe(writer, spec);
    Json json{{"type", "object"}, {"additionalProperties", false}};
    if (!writer.required_.empty()) json["required"] = writer.required_;
    json["properties"] = writer.properties_;
    return json;
  }

 private:
  static Json text_of(const Field& field) {
    Json json{{"type", "string"}};
    if (!field.choices.empty())
      json["enum"] = field.choices;
    else if (!field.may_be_empty)
      json["minLength"] = 1;
    return json;
  }
  static Json list_of(const Field& field) {
    Json json{{"type", "array"}, {"items", text_of(field)}, {"uniqueItems", true}};
    if (field.minimum > 0) json["minItems"] = field.minimum;
    return json;
  }
  Json& add(const Field& field, Json json) {
    if (as_defaults_ && field.own) return left_out_ = Json::object();
    if (field.required && !as_defaults_) required_.emplace_back(field.name);
    std::string description(field.doc);
    if (!field.unit.empty()) description += " In " + std::string(field.unit) + '.';
    Json& property = properties_[std::string(field.name)] = {{"description", description}};
    property.update(json);
    return property;
  }

  Json properties_ = Json::object();
  std::vector<std::string> required_;
  Json left_out_;
  bool as_defaults_ = false;
};

}  // namespace

std::string json_schema() {
  Desired desired;
  Json schema{{"$schema", "http://json-schema.org/draft-04/schema#"},
              {"title", "kiln"},
              {"description", "An OVN deployment, as kiln makes it."}};
  schema.update(SchemaWriter::schema_of(desired, false));
  return schema.dump(2) + '\n';
}

}  // namespace kiln::config
