#include "ovsdb/standalone.h"

#include <gtest/gtest.h>

#include "base/uuid.h"

namespace kiln::ovsdb::standalone_test {
namespace {

constexpr const char* kSchema =
    R"({"name":"OVN_Northbound","version":"7.11.0","tables":{"T":{"columns":{)"
    R"("name":{"type":"string"},"count":{"type":{"key":{"type":"integer","minInteger":0}}},)"
    R"("up":{"type":{"key":"boolean","min":0,"max":1}},"on":{"type":"boolean"},)"
    R"("ids":{"type":{"key":"string","value":"string","min":0,"max":"unlimited"}},)"
    R"("of":{"type":{"key":{"type":"uuid","refTable":"T"},"min":0,"max":"unlimited"}},)"
    R"("status":{"type":"string","ephemeral":true}}}}})";
constexpr const char* kRow = "a7ddd0d5-38b4-8539-b06f-f2416da51216";

std::string record(const std::string& json) {
  return "OVSDB JSON " + std::to_string(json.size() + 1) + " d17102b9aa62bb1aa7d04a0ee38899fe9295c401\n" +
         json + "\n";
}
std::string rows(const std::string& columns) {
  return record(R"({"_date":1,"_is_diff":true,"T":{")" + std::string(kRow) + "\":{" + columns + "}}}");
}
std::string refusal(const std::string& content) {
  const auto file = read_standalone(content);
  return file ? "read" : file.error().text();
}

TEST(Standalone, columns_that_hold_their_default_and_ephemeral_ones_are_left_out) {
  const auto file =
      read_standalone(record(kSchema) + rows(R"("name":"","count":0,"up":["set",[]],"on":false,)"
                                             R"("ids":["map",[]],"of":["set",[]],"status":"busy")"));
  ASSERT_TRUE(file) << file.error().text();
  EXPECT_EQ(file->name, "OVN_Northbound");
  EXPECT_EQ(file->version, "7.11.0");
  EXPECT_EQ(file->rows.at("T"), (Table{{*Uuid::parse(kRow), {}}}));
  EXPECT_FALSE(file->defaults.at("T").contains("status"));
}

TEST(Standalone, what_was_set_is_kept_also_where_it_is_false_or_nothing_by_itself) {
  const auto file = read_standalone(
      record(kSchema) + rows(R"("name":"ls1","count":3,"up":false,"on":true,"ids":["map",[["a",""]]],)"
                             R"("of":["uuid",")" +
                             std::string(kRow) + R"("])"));
  ASSERT_TRUE(file) << file.error().text();
  const Row row = file->rows.at("T").at(*Uuid::parse(kRow));
  EXPECT_EQ(row, (Row{{"name", "ls1"},
                      {"count", 3},
                      {"up", false},
                      {"on", true},
                      {"ids", Value::string_map({{"a", ""}})},
                      {"of", *Uuid::parse(kRow)}}));
}

TEST(Standalone, a_database_without_rows_is_one) {
  const auto file = read_standalone(record(kSchema));
  ASSERT_TRUE(file) << file.error().text();
  EXPECT_TRUE(file->rows.empty());
}

TEST(Standalone, what_is_no_backup_is_told) {
  const std::string prefix = "not a backup of a database: expected ";
  EXPECT_EQ(refusal(""), prefix + "the head of a record");
  EXPECT_EQ(refusal("OVSDB CLUSTER 12 00\n{}\n"), prefix + "the head of a record");
  EXPECT_EQ(refusal(record("[]")), prefix + "a JSON object in a record");
  EXPECT_EQ(refusal(record("{}")), prefix + "a schema first");
  EXPECT_EQ(refusal(record(kSchema) + record(R"({"U":{}})")), prefix + "a table of the schema, not `U`");
  EXPECT_EQ(refusal(record(kSchema) + rows("") + rows("")),
            prefix + "one record of rows, and there are more");
  const std::string whole = record(kSchema) + rows(R"("name":"ls1")");
  for (std::size_t cut = 1; cut < whole.size(); ++cut) {
    if (cut == record(kSchema).size()) continue;
    EXPECT_NE(refusal(whole.substr(0, cut)), "read") << cut;
  }
}

}  // namespace
}  // namespace kiln::ovsdb::standalone_test
