#include "pki/memo.h"

#include <gtest/gtest.h>

namespace kiln::pki {
namespace {

TEST(Memo, asks_once_for_each_key_and_keeps_no_more_than_it_may) {
  Memo<std::size_t, std::size_t> memo;
  std::size_t asked = 0;
  const auto of = [&](std::size_t key) {
    return memo.of(key, [&] {
      ++asked;
      return key * 2;
    });
  };
  for (std::size_t key = 0; key < Memo<int, int>::kMost; ++key) EXPECT_EQ(of(key), key * 2);
  EXPECT_EQ(of(1), 2U);
  EXPECT_EQ(asked, (Memo<int, int>::kMost));
  of(Memo<int, int>::kMost);
  EXPECT_EQ(of(1), 2U);
  EXPECT_EQ(asked, (Memo<int, int>::kMost + 2)) << "it has begun anew";
}

}  // namespace
}  // namespace kiln::pki
