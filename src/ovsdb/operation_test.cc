#include "ovsdb/operation.h"

#include <gtest/gtest.h>

namespace kiln::ovsdb::operation_test {
namespace {

const Where kRow = by_uuid(Uuid{});

std::string missed(const Operation& operation, std::size_t count) {
  return missed_row({Comment{"first"}, operation}, {{}, {.count = count, .uuid = {}, .rows = {}}});
}

TEST(Operation, a_write_whose_row_is_gone_is_named) {
  EXPECT_EQ(missed(Update{"Port", kRow, {{"name", Value("p")}}}, 0), "operation 1 (Port)");
  EXPECT_EQ(missed(Mutate{"Bridge", kRow, {{"ports", "insert", Value(Uuid{})}}}, 0), "operation 1 (Bridge)");
  EXPECT_EQ(missed(Mutate{"Bridge", kRow, {{"n", "+=", Value(std::int64_t{1})}}}, 0), "operation 1 (Bridge)");
}

TEST(Operation, a_write_that_met_its_row_is_not) {
  EXPECT_EQ(missed(Update{"Port", kRow, {}}, 1), "");
  EXPECT_EQ(missed(Mutate{"Bridge", kRow, {{"ports", "insert", Value(Uuid{})}}}, 1), "");
}

TEST(Operation, what_only_takes_away_needs_no_row) {
  EXPECT_EQ(missed(Delete{"Port", kRow}, 0), "");
  EXPECT_EQ(missed(Mutate{"Bridge", kRow, {{"ports", "delete", Value(Uuid{})}}}, 0), "");
  EXPECT_EQ(missed(Insert{.table = "Port", .row = {}, .uuid = {}, .uuid_name = {}}, 0), "");
}

}  // namespace
}  // namespace kiln::ovsdb::operation_test
