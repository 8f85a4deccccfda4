#include "ovsdb/deadline.h"

#include <gtest/gtest.h>

namespace kiln::ovsdb {
namespace {

TEST(Deadline, is_between_now_and_a_day) {
  EXPECT_EQ(Deadline(Duration{-5}).left(), Duration{0});
  EXPECT_EQ(Deadline(Duration{-5}).total(), Duration{0});
  EXPECT_EQ(Deadline(Duration::max()).total(), std::chrono::days{1});
  EXPECT_GT(Deadline(Duration::max()).left(), std::chrono::hours{23});
  EXPECT_EQ(Deadline(Duration{1500}).total(), Duration{1500});
}

}  // namespace
}  // namespace kiln::ovsdb
