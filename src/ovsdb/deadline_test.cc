#include "ovsdb/deadline.h"

#include <gtest/gtest.h>

namespace kiln::ovsdb {
namespace {

TEST(Deadline, is_between_now_and_a_day) {
  EXPECT_EQ(Deadline(Duration{-5}).left(), Duration{0});
  EXPECT_EQ(Deadline(Duration{-5}).why_passed(), "no answer within 0 ms");
  EXPECT_EQ(Deadline(Duration::max()).why_passed(), "no answer within 86400000 ms");
  EXPECT_GT(Deadline(Duration::max()).left(), std::chrono::hours{23});
  std::atomic<bool> given_up{false};
  const Deadline deadline(Duration{1500}, &given_up);
  EXPECT_EQ(deadline.why_passed(), "no answer within 1500 ms");
  given_up = true;
  EXPECT_EQ(deadline.left(), Duration{0});
  EXPECT_EQ(deadline.why_passed(), "no answer yet, and the run was interrupted");
}

}  // namespace
}  // namespace kiln::ovsdb
