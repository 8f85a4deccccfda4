#include "config/read.h"

#include <gtest/gtest.h>

#include "config/scan.h"

namespace kiln::config {
namespace {

Value read_well(const std::string& text) {
  Diags diags;
  auto value = read("f", text, diags);
  EXPECT_TRUE(diags.empty()) << (diags.empty() ? "" : diags.all().front().message);
  return value ? *value : Value{};
}

std::string slug_of(const std::string& text) {
  Diags diags;
  EXPECT_FALSE(read("f", text, diags).has_value());
  return diags.size() == 1 ? diags.all().front().slug : "not one finding";
}

std::vector<std::string> keys_of(const Value& table) {
  std::vector<std::string> keys;
  for (const Entry& entry : table.entries) keys.push_back(entry.key);
  return keys;
}

Span span(int line, int column, int end_line, int end_column) {
  return {.file = "f", .line = line, .column = column, .end_line = end_line, .end_column = end_column};
}

TEST(Read, keeps_the_order_of_the_file) {
  const Value root = read_well("z = 1\nb = 2\n[y]\n[x.q]\n[x.b]\n[a]\n");
  EXPECT_EQ(keys_of(root), (std::vector<std::string>{"z", "b", "y", "x", "a"}));
  EXPECT_EQ(keys_of(root.find("x")->value), (std::vector<std::string>{"q", "b"}));
}

TEST(Read, knows_the_place_of_keys_and_values) {
  const Value root = read_well("[nodes.n1]\nzone = \"rack1\"\nencap = { ip = \"x\" }\n");
  const Entry& node = root.find("nodes")->value.entries.front();
  EXPECT_EQ(node.key_span, span(1, 8, 1, 10));
  EXPECT_EQ(node.place(), span(1, 1, 1, 11));
  const Entry& zone = *node.value.find("zone");
  EXPECT_EQ(zone.key_span, span(2, 1, 2, 5));
  EXPECT_EQ(zone.value.span, span(2, 8, 2, 15));
  const Entry& encap = *node.value.find("encap");
  EXPECT_EQ(encap.place(), span(3, 1, 3, 6));
  EXPECT_EQ(encap.value.find("ip")->value.span, span(3, 16, 3, 19));
}

TEST(Read, counts_columns_in_code_points) {
  const Value root = read_well("a = [\"é日🦀\", 1]\n");
  EXPECT_EQ(root.find("a")->value.items.at(1).span, span(1, 13, 1, 14));
}

TEST(Read, knows_all_types) {
  const Value root = read_well("a=\"x\"\nb=1\nc=1.5\nd=true\ne=1979-05-27\nf=[1]\ng={}\nh=0x10\n");
  using enum Value::Type;
  const std::vector<Value::Type> types = {string,   integer, floating, boolean,
                                          datetime, array,   table,    integer};
  for (std::size_t i = 0; i < types.size(); ++i) EXPECT_EQ(root.entries.at(i).value.type, types[i]) << i;
  EXPECT_EQ(root.find("h")->value.integer, 16);
}

TEST(Read, refuses_what_is_not_utf8) {
  EXPECT_EQ(slug_of("a = \"\xff\""), "not-utf8");
  EXPECT_EQ(slug_of("# \xc0\x80"), "not-utf8");
  EXPECT_EQ(slug_of("a = \"\xed\xa0\x80\""), "not-utf8");
  EXPECT_EQ(slug_of("a = \"\xe6\x97"), "not-utf8");
}

TEST(Read, refuses_depth_before_a_parser_could_overflow) {
  constexpr std::size_t kMany = 1000000;
  EXPECT_EQ(slug_of("a = " + std::string(kMany, '[')), "nesting-too-deep");
  std::string braces = "a = ";
  std::string dots = "a";
  for (std::size_t i = 0; i < kMany; ++i) braces += "{a=";
  for (std::size_t i = 0; i < kMany; ++i) dots += ".a";
  EXPECT_EQ(slug_of(braces), "nesting-too-deep");
  EXPECT_EQ(slug_of(dots + " = 1"), "nesting-too-deep");
  EXPECT_EQ(slug_of('[' + dots + ']'), "nesting-too-deep");
  EXPECT_EQ(slug_of('"' + std::string(10, 'a') + "\"." + dots + " = 1"), "nesting-too-deep");
}

TEST(Read, counts_header_keys_and_brackets_together) {
  const std::string forty = "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a";
  EXPECT_EQ(slug_of('[' + forty + "]\n" + forty + " = 1\n"), "nesting-too-deep");
}

TEST(Read, does_not_count_brackets_in_strings_and_comments) {
  const std::string many(100, '[');
  read_well("a = \"" + many + "\"\nb = '" + many + "'\nc = \"\"\"\n" + many + "\\\"\"\"\"\nd = '''\n" + many +
            "'''\n# " + many + "\n");
}

TEST(Read, refuses_other_than_ascii_outside_strings_and_comments) {
  EXPECT_EQ(slug_of("[nodes\u02d1]\n"), "toml-syntax");
  Diags diags;
  read("f", "\u00e9 = 1\n", diags);
  ASSERT_EQ(diags.size(), 1U);
  EXPECT_EQ(diags.all().front().message,
            "the character U+00E9 stands outside quotes, where TOML takes ASCII only");
  EXPECT_EQ(diags.all().front().span, span(1, 1, 1, 2));
  read_well("\"\u02d1\" = '\u02d1' # \u02d1\n");
}

TEST(Read, knows_quotes_before_the_end_of_a_string) {
  const Value root = read_well("a = [ \"\"\"x\"\"\"\", \"\u02d1\" ]\nb = [ ''' ''''', '\u02d1' ]\n");
  EXPECT_EQ(root.find("a")->value.items.front().text, "x\"");
  EXPECT_EQ(root.find("b")->value.items.front().text, " ''");
}

TEST(Read, refuses_a_file_that_is_too_large) {
  EXPECT_EQ(slug_of(std::string(kLargestFile + 1, '\n')), "file-too-large");
}

}  // namespace
}  // namespace kiln::config
