#include "config/schema.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

namespace kiln::config::schema_test {
namespace {

const std::string kPath = KILN_SOURCE_DIR "/schemas/kiln.schema.json";

TEST(Schema, is_the_one_in_the_repository) {
  if (std::getenv("KILN_ACCEPT")) {
    std::ofstream(kPath, std::ios::binary) << json_schema();
    GTEST_SKIP() << "accepted";
  }
  std::ifstream file(kPath, std::ios::binary);
  EXPECT_EQ(json_schema(), std::string(std::istreambuf_iterator<char>(file), {}))
      << "run with KILN_ACCEPT=1 to write it anew";
}

/// Every table is closed, and every key is described.
void expect_complete(const nlohmann::json& schema, const std::string& path) {
  if (schema.contains("properties")) {
    EXPECT_EQ(schema.at("additionalProperties"), false) << path;
    for (const auto& [name, property] : schema.at("properties").items()) {
      EXPECT_TRUE(property.contains("description")) << path << '/' << name;
      expect_complete(property, path + '/' + name);
    }
  } else if (schema.contains("additionalProperties")) {
    expect_complete(schema.at("additionalProperties"), path + "/*");
  }
  if (schema.contains("items")) expect_complete(schema.at("items"), path + "[]");
}

TEST(Schema, is_of_draft_4_and_complete) {
  const auto schema = nlohmann::json::parse(json_schema());
  EXPECT_EQ(schema.at("$schema"), "http://json-schema.org/draft-04/schema#");
  expect_complete(schema, "");
  const auto& node = schema.at("properties").at("nodes").at("additionalProperties");
  EXPECT_EQ(node.at("required"), nlohmann::json::array({"address"}));
  EXPECT_EQ(node.at("properties").at("ssh").at("properties").at("port").at("default"), 22);
}

}  // namespace
}  // namespace kiln::config::schema_test
