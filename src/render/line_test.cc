#include "render/line.h"

#include <gtest/gtest.h>

#include "render/table.h"

namespace kiln::render {

using Lines = std::vector<std::string>;

const Style kUtf8{false, true, 80};

TEST(Line, widths_count_code_points) {
  EXPECT_EQ(width_of("a→ü"), 3U);
}

TEST(Line, one_line_disarms_controls) {
  EXPECT_EQ(one_line("a\nb\tc\x1b[2J\x7f\xc2\x9b"), "a\\nb\\tc\\x1b[2J\\x7f\\x9b");
}

TEST(Line, elide_keeps_both_ends) {
  EXPECT_EQ(elide("abcdefghij", 7, kUtf8), "abc…hij");
  EXPECT_EQ(elide("abcdefghij", 7, {}), "ab...ij");
  EXPECT_EQ(elide("→→→→", 3, kUtf8), "→…→");
  EXPECT_EQ(elide("abc", 3, kUtf8), "abc");
}

TEST(Line, cut_keeps_the_start) {
  EXPECT_EQ(cut("abcdef", 4, kUtf8), "abc…");
}

TEST(Line, wrap_breaks_between_words_and_within_long_ones) {
  EXPECT_EQ(wrap("one two three", 8), (Lines{"one two", "three"}));
  EXPECT_EQ(wrap("abcdefghijkl m", 8), (Lines{"abcdefgh", "ijkl m"}));
  EXPECT_EQ(wrap("ab abcdefghijkl", 8), (Lines{"ab", "abcdefgh", "ijkl"}));
  EXPECT_EQ(wrap("", 8), (Lines{""}));
}

TEST(Line, durations_have_units) {
  EXPECT_EQ(duration_text(Duration{350}), "350 ms");
  EXPECT_EQ(duration_text(Duration{12480}), "12.4 s");
  EXPECT_EQ(duration_text(Duration{185000}), "3 min 5 s");
}

TEST(Table, lines_up_without_trailing_spaces) {
  Table table({"A", "LONGER"});
  table.row({"wide cell", "x"});
  table.row({"b", ""});
  EXPECT_EQ(table.text(kUtf8, 2), "  A          LONGER\n  wide cell  x\n  b\n");
}

TEST(Table, elides_the_widest_on_a_narrow_screen) {
  Table table({"NAME", "TEXT"});
  table.row({"n1", "abcdefghijklmnopqrstuvwxyz"});
  EXPECT_EQ(table.text({false, true, 20}, 0), "NAME  TEXT\nn1    abcdefg…uvwxyz\n");
}

}  // namespace kiln::render
