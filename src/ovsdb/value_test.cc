#include "ovsdb/value.h"

#include <gtest/gtest.h>

namespace kiln::ovsdb::value_test {
namespace {

/// A set; `Value::strings({"a", "b"})` would be ambiguous.
Value texts(const std::vector<std::string>& atoms) {
  return Value::strings(atoms);
}

const Uuid kUuid = *Uuid::parse("11111111-2222-3333-4444-555555555555");

TEST(Value, sets_compare_without_order_and_repetition) {
  EXPECT_EQ(texts({"b", "a", "b"}), texts({"a", "b"}));
  EXPECT_EQ(texts({"b", "a", "b"}).as_strings(), (std::vector<std::string>{"a", "b"}));
}

TEST(Value, is_a_set_of_one_when_scalar) {
  EXPECT_EQ(Value("a"), texts({"a"}));
  EXPECT_EQ(Value(7), Value::set({Atom(std::int64_t{7})}));
  EXPECT_NE(Value(true), Value(1));
  EXPECT_NE(Value("7"), Value(7));
}

TEST(Value, empty_set_and_empty_map_are_equal) {
  EXPECT_EQ(Value(), Value(Map{}));
  EXPECT_TRUE(Value(Map{}).empty());
  EXPECT_NE(Value(), Value(""));
}

TEST(Value, a_map_is_no_set) {
  const Value map = Value::string_map({{"k", "v"}});
  EXPECT_TRUE(map.is_map());
  EXPECT_TRUE(map.atoms().empty());
  EXPECT_EQ(map.at("k"), "v");
  EXPECT_EQ(map.at("other"), std::nullopt);
  EXPECT_EQ(map.as_string_map(), (std::map<std::string, std::string>{{"k", "v"}}));
  EXPECT_EQ(map.as_string(), std::nullopt);
}

TEST(Value, gives_its_only_atom_by_type) {
  EXPECT_EQ(Value("a").as_string(), "a");
  EXPECT_EQ(Value(true).as_bool(), true);
  EXPECT_EQ(Value(7).as_integer(), 7);
  EXPECT_EQ(Value(kUuid).as_uuid(), kUuid);
  EXPECT_EQ(Value("a").as_integer(), std::nullopt);
  EXPECT_EQ(texts({"a", "b"}).as_string(), std::nullopt);
  EXPECT_EQ(Value().as_string(), std::nullopt);
}

TEST(Value, leaves_atoms_of_other_types_out_of_lists) {
  const Value mixed = Value::set({Atom("a"), Atom(std::int64_t{1}), Atom(kUuid)});
  EXPECT_EQ(mixed.as_strings(), std::vector<std::string>{"a"});
  EXPECT_EQ(mixed.as_uuids(), std::vector<Uuid>{kUuid});
}

TEST(Row, an_absent_column_is_the_empty_value) {
  const Row row{{"name", "a"}};
  EXPECT_EQ(column(row, "name"), Value("a"));
  EXPECT_EQ(column(row, "other"), Value());
}

}  // namespace
}  // namespace kiln::ovsdb::value_test
