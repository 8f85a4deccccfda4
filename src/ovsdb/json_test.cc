#include "ovsdb/json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace kiln::ovsdb::json_test {
namespace {

/// A set; `Value::strings({"a", "b"})` would be ambiguous.
Value texts(const std::vector<std::string>& atoms) {
  return Value::strings(atoms);
}

using nlohmann::json;

const Uuid kUuid = *Uuid::parse("11111111-2222-3333-4444-555555555555");

struct OperationCase {
  std::string name;
  Operation operation;
  std::string text;
};
class OperationJson : public testing::TestWithParam<OperationCase> {};

TEST_P(OperationJson, is_written_as_rfc_7047_has_it) {
  EXPECT_EQ(to_json(GetParam().operation).dump(), GetParam().text);
}

TEST_P(OperationJson, is_read_back) {
  EXPECT_EQ(operation_from_json(json::parse(GetParam().text)), GetParam().operation);
}

INSTANTIATE_TEST_SUITE_P(
    All, OperationJson,
    testing::Values(
        OperationCase{"insert", Insert{"T", {{"a", 1}, {"b", "x"}}, kUuid, ""},
                      R"({"op":"insert","row":{"a":1,"b":"x"},"table":"T",)"
                      R"("uuid":"11111111-2222-3333-4444-555555555555"})"},
        OperationCase{"insert_named", Insert{"T", {{"r", NamedUuid{"n"}}}, std::nullopt, "m"},
                      R"({"op":"insert","row":{"r":["named-uuid","n"]},"table":"T","uuid-name":"m"})"},
        OperationCase{"update", Update{"T", by_uuid(kUuid), {{"on", true}}},
                      R"({"op":"update","row":{"on":true},"table":"T",)"
                      R"("where":[["_uuid","==",["uuid","11111111-2222-3333-4444-555555555555"]]]})"},
        OperationCase{
            "mutate", Mutate{"T", {}, {{"ids", "delete", texts({"k1", "k2"})}}},
            R"({"mutations":[["ids","delete",["set",["k1","k2"]]]],"op":"mutate","table":"T","where":[]})"},
        OperationCase{"delete", Delete{"T", {{"n", "<", 0.5}}},
                      R"({"op":"delete","table":"T","where":[["n","<",0.5]]})"},
        OperationCase{"select", Select{"T", {}, {"b", "a"}},
                      R"({"columns":["b","a"],"op":"select","table":"T","where":[]})"},
        OperationCase{"select_all_columns", Select{"T", {}, {}}, R"({"op":"select","table":"T","where":[]})"},
        OperationCase{"wait", Wait{"T", {}, {"a"}, false, {{{"a", Value()}}}},
                      R"({"columns":["a"],"op":"wait","rows":[{"a":["set",[]]}],"table":"T","timeout":0,)"
                      R"("until":"!=","where":[]})"},
        OperationCase{"comment", Comment{"a \"quoted\"\nline"},
                      R"({"comment":"a \"quoted\"\nline","op":"comment"})"}),
    [](const auto& one) { return one.param.name; });

TEST(ValueJson, writes_a_set_of_one_as_the_atom) {
  EXPECT_EQ(to_json(texts({"a"})).dump(), R"("a")");
  EXPECT_EQ(to_json(Value()).dump(), R"(["set",[]])");
  EXPECT_EQ(to_json(Value::string_map({{"b", "2"}, {"a", "1"}})).dump(), R"(["map",[["a","1"],["b","2"]]])");
}

TEST(ValueJson, reads_every_form) {
  EXPECT_EQ(value_from_json(json::parse(R"(["set",["b","a"]])")), texts({"a", "b"}));
  EXPECT_EQ(value_from_json(json::parse(R"(["set",[]])")), Value());
  EXPECT_EQ(value_from_json(json::parse(R"(["map",[["k",7]]])")),
            Value(Map{{Atom("k"), Atom(std::int64_t{7})}}));
  EXPECT_EQ(value_from_json(json::parse(R"(["uuid","11111111-2222-3333-4444-555555555555"])")), Value(kUuid));
  EXPECT_EQ(value_from_json(json::parse("-9223372036854775808")), Value(std::int64_t{INT64_MIN}));
  EXPECT_EQ(value_from_json(json::parse("18446744073709551615")), Value(18446744073709551615.0));
}

TEST(ValueJson, says_what_it_expected) {
  const auto text = [](const char* source) {
    const auto value = value_from_json(json::parse(source));
    return value ? "read" : value.error().text();
  };
  EXPECT_EQ(text("null"), "expected an atom (RFC 7047, 5.1), found null");
  EXPECT_EQ(text("{}"), "expected an atom (RFC 7047, 5.1), found {}");
  EXPECT_EQ(text(R"(["uuid","1"])"), R"(expected a uuid, found ["uuid","1"])");
  EXPECT_EQ(text(R"(["map",[["k"]]])"), R"(expected a pair, found ["k"])");
  EXPECT_EQ(text(R"(["set",[["set",[]]]])"), R"(expected an atom (RFC 7047, 5.1), found ["set",[]])");
}

TEST(OperationJson, says_what_it_expected) {
  const auto text = [](const char* source) {
    const auto operation = operation_from_json(json::parse(source));
    return operation ? "read" : operation.error().text();
  };
  EXPECT_EQ(text("[]"), "expected an operation, found []");
  EXPECT_EQ(text(R"({"op":"assert","table":"T"})"),
            R"(expected an `op` of RFC 7047, 5.2, found {"op":"assert","table":"T"})");
  EXPECT_EQ(text(R"({"op":"delete"})"), R"(expected a `table`, found {"op":"delete"})");
  EXPECT_EQ(text(R"({"op":"delete","table":"T","where":[["a","=="]]})"),
            R"(expected [column, word, value], found ["a","=="])");
  EXPECT_EQ(text(R"({"op":"insert","table":"T","uuid":"1"})"), R"(expected a uuid, found "1")");
  EXPECT_EQ(text(R"({"op":"wait","table":"T","until":"<","where":[]})"),
            R"(expected an `until` of == or !=, found {"op":"wait","table":"T","until":"<","where":[]})");
  for (const std::string op : {"update", "mutate", "delete", "select", "wait"}) {
    const std::string of_every_row = R"({"op":")" + op + R"(","table":"T"})";
    EXPECT_EQ(text(of_every_row.c_str()), "expected a `where`, found " + of_every_row);
  }
}

}  // namespace
}  // namespace kiln::ovsdb::json_test
