#include "ovsdb/server_error.h"

#include <gtest/gtest.h>

namespace kiln::ovsdb {
namespace {

ErrorCode code_of(const char* tag) {
  return ServerError{tag, ""}.code();
}

TEST(ServerError, code_says_what_the_caller_can_do) {
  EXPECT_EQ(code_of("timed out"), ErrorCode::precondition);
  EXPECT_EQ(code_of("duplicate uuid"), ErrorCode::precondition);
  EXPECT_EQ(code_of("constraint violation"), ErrorCode::precondition);
  EXPECT_EQ(code_of("referential integrity violation"), ErrorCode::precondition);
  EXPECT_EQ(code_of("not leader"), ErrorCode::unreachable);
  EXPECT_EQ(code_of("not owner"), ErrorCode::unreachable);
  EXPECT_EQ(code_of("cluster error"), ErrorCode::unreachable);
  EXPECT_EQ(code_of("database not available"), ErrorCode::unreachable);
  EXPECT_EQ(code_of("canceled"), ErrorCode::unreachable);
  EXPECT_EQ(code_of("permission error"), ErrorCode::denied);
  EXPECT_EQ(code_of("not allowed"), ErrorCode::denied);
  EXPECT_EQ(code_of("unknown database"), ErrorCode::not_found);
  EXPECT_EQ(code_of("unknown column"), ErrorCode::failed);
  EXPECT_EQ(code_of(""), ErrorCode::failed);
}

TEST(ServerError, text_has_the_details_if_there_are_any) {
  EXPECT_EQ((ServerError{"not owner", ""}.text()), "not owner");
  EXPECT_EQ((ServerError{"timed out", "no"}.text()), "timed out: no");
}

}  // namespace
}  // namespace kiln::ovsdb
