#include "config/layout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "base/every_for_test.h"
#include "config/read.h"

namespace kiln::config {
namespace {

std::string laid_out(std::string_view text) {
  Diags diags;
  const auto result = lay_out("f", text, diags);
  EXPECT_TRUE(diags.empty()) << (diags.empty() ? "" : diags.all().front().message) << "\n" << text;
  return result.value_or("");
}

/// `lay_out` asserts that the text means the same; this, that it is its own layout.
void expect_fixpoint(std::string_view text) {
  const std::string once = laid_out(text);
  EXPECT_EQ(laid_out(once), once);
}

TEST(Layout, puts_one_space_around_equals_signs_and_indents_nothing) {
  EXPECT_EQ(laid_out("a=1\n\tb   =\t2  \n  c . \"d e\" = 3\n"), "a = 1\nb = 2\nc.\"d e\" = 3\n");
}

TEST(Layout, keeps_order_comments_and_single_blank_lines) {
  EXPECT_EQ(laid_out("\n\n# top  \n\n\n\nz = 1\n#no space\n\na = 2 # behind\n\n\n"),
            "# top\n\nz = 1\n#no space\n\na = 2 # behind\n");
}

TEST(Layout, puts_a_blank_line_before_each_table_and_the_comment_on_top_of_it) {
  EXPECT_EQ(laid_out("[a]\nx = 1\n# of b\n# and more\n[ b . c ]\n[[ d ]]\n\n\n# not of e\n\n[e]\n"),
            "[a]\nx = 1\n\n# of b\n# and more\n[b.c]\n\n[[d]]\n\n# not of e\n\n[e]\n");
}

TEST(Layout, keeps_the_column_of_comments_where_it_can) {
  EXPECT_EQ(laid_out("a=1      # one\nbb = 22  # two\n[t]      # three\n"),
            "a = 1    # one\nbb = 22  # two\n\n[t]      # three\n");
  EXPECT_EQ(laid_out("a=1# one\nb = [1,\n2]    # two\n"), "a = 1 # one\nb = [1, 2] # two\n");
  EXPECT_EQ(laid_out("\"\u00e9\"=1    # x\n\"\u00e8\"=1# y\n"), "\"\u00e9\" = 1  # x\n\"\u00e8\" = 1 # y\n");
}

TEST(Layout, writes_plain_strings_in_double_quotes) {
  EXPECT_EQ(laid_out("a = 'x'\n'b c' = ''\nd = '\\d'\ne = 'say \"x\"'\nf = \"\\u0041\"\n"),
            "a = \"x\"\n\"b c\" = \"\"\nd = '\\d'\ne = 'say \"x\"'\nf = \"\\u0041\"\n");
}

TEST(Layout, writes_arrays_on_one_line_if_they_fit) {
  EXPECT_EQ(laid_out("a=[ 1,2 ,3, ]\nb = [\n  'x',\n\n  { c=1,d = [ ] },\n]\ne = {}\nf = [ ]\n"),
            "a = [1, 2, 3]\nb = [\"x\", { c = 1, d = [] }]\ne = {}\nf = []\n");
  const std::string fits = "a = [\"" + std::string(46, 'x') + "\", \"" + std::string(42, 'y') + "\"]\n";
  ASSERT_EQ(fits.size(), kLayoutColumns + 1);
  EXPECT_EQ(laid_out(fits), fits);
  const std::string longer = "a = [\"" + std::string(47, 'x') + "\", \"" + std::string(42, 'y') + "\"]\n";
  EXPECT_EQ(laid_out(longer),
            "a = [\n  \"" + std::string(47, 'x') + "\",\n  \"" + std::string(42, 'y') + "\",\n]\n");
}

TEST(Layout, counts_characters_and_not_octets) {
  std::string fits = "a = [\"";
  for (int i = 0; i < 92; ++i) fits += "\u00e9";
  fits += "\"]\n";
  EXPECT_EQ(laid_out(fits), fits);
}

TEST(Layout, keeps_comments_in_arrays) {
  EXPECT_EQ(
      laid_out("a = [ # first\n1, # one\n   # on top of two\n\n2 # two\n, # more\n  3\n# last\n]  # end\n"),
      "a = [\n  # first\n  1, # one\n  # on top of two\n  2, # two\n  # more\n  3,\n  # last\n] # end\n");
  EXPECT_EQ(laid_out("a = [[1, # x\n2], [3]]\n"), "a = [\n  [\n    1, # x\n    2,\n  ],\n  [3],\n]\n");
}

TEST(Layout, leaves_strings_of_several_lines_as_they_are) {
  const std::string text =
      "a = \"\"\"\n  x  \n\n\n\ty = 1\n# no comment\n\"\"\"\"\"\nb = [ '''\n''' ,1  ]\nc = { d=\"\"\"\"\"\" "
      "}\n";
  EXPECT_EQ(laid_out(text), text);
}

TEST(Layout, leaves_braces_with_comments_in_them_as_they_are) {
  const std::string text = "a = { b=[ # x\n 1 ] }\n";
  EXPECT_EQ(laid_out(text), text);
}

TEST(Layout, leaves_numbers_and_dates_as_they_are) {
  const std::string text =
      "a = 0x_FF\nb = 1979-05-27 07:32:00Z\nc = [1979-05-27 07:32:00, -inf, 1e5]\nd = 1_000\ne = -0.0\n";
  EXPECT_EQ(laid_out("a = 0xFF\nb = 1979-05-27 07:32:00Z # x\n"), "a = 0xFF\nb = 1979-05-27 07:32:00Z # x\n");
  EXPECT_EQ(laid_out(text.substr(text.find("b ="))), text.substr(text.find("b =")));
}

TEST(Layout, reads_line_ends_of_windows) {
  EXPECT_EQ(laid_out("\xef\xbb\xbf# x\r\na = [1, # y\r\n2]\r\n\r\n[b]\r\n"),
            "# x\na = [\n  1, # y\n  2,\n]\n\n[b]\n");
}

TEST(Layout, ends_with_one_line_end) {
  EXPECT_EQ(laid_out(""), "");
  EXPECT_EQ(laid_out("\n \n"), "");
  EXPECT_EQ(laid_out("a = 1"), "a = 1\n");
  EXPECT_EQ(laid_out("# x"), "# x\n");
}

TEST(Layout, of_what_is_no_toml_is_an_error_with_its_place) {
  Diags diags;
  EXPECT_FALSE(lay_out("f", "a = 1\nb = [\n", diags));
  ASSERT_EQ(diags.size(), 1U);
  EXPECT_EQ(diags.all().front().slug, "toml-syntax");
  EXPECT_TRUE(diags.all().front().span.known());
}

/// Every TOML file of the repository that can be read.
TEST(Layout, of_every_file_here_means_the_same_and_is_its_own_layout) {
  std::size_t files = 0;
  for (const char* const folder : {"examples", "tests/golden/diag", "tests/fuzz/corpus/config"})
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(std::filesystem::path(KILN_SOURCE_DIR) / folder)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string text(std::istreambuf_iterator<char>(file), {});
      Diags diags;
      if (!read("f", text, diags)) continue;
      SCOPED_TRACE(entry.path());
      expect_fixpoint(text);
      ++files;
    }
  EXPECT_GT(files, 100U);
}

TEST(Layout, of_the_examples_is_what_they_are) {
  for (const auto& entry : std::filesystem::directory_iterator(KILN_SOURCE_DIR "/examples")) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    EXPECT_EQ(laid_out(text), text) << entry.path();
  }
}

/// Random valid TOML, in layouts that nobody would write.
class RandomToml {
 public:
  explicit RandomToml(unsigned seed) : random_(seed) {}

  std::string text() {
    std::string text = one_of({"", "\n", "# top\n", "\xef\xbb\xbf"});
    add_entries(text);
    for (int tables = below(5); tables > 0; --tables) {
      const std::string name = key();
      const bool array = chance(3);
      text +=
          spaces() + (array ? "[[" : "[") + spaces() + name + spaces() + (array ? "]]" : "]") + line_end();
      add_entries(text);
    }
    return text;
  }

 private:
  int below(int end) { return static_cast<int>(random_() % static_cast<unsigned>(end)); }
  bool chance(int of) { return below(of) == 0; }
  std::string one_of(std::vector<std::string> texts) {
    return texts[static_cast<std::size_t>(below(static_cast<int>(texts.size())))];
  }
  std::string spaces() { return one_of({"", "", " ", "  ", "\t", " \t "}); }
  std::string comment() { return one_of({"#", "# x", "#\u00e9  ", "# a = [1, \"", "#\t'''"}); }
  std::string line_end() {
    return spaces() + (chance(3) ? comment() : "") + one_of({"\n", "\n", "\r\n", "\n\n\n", "\n \n\t\n"});
  }
  /// Unlike every other one.
  std::string key() {
    const std::string number = std::to_string(++keys_);
    return one_of({"k" + number, "\"k " + number + "\"", "'k." + number + "'", "k" + number + " . x",
                   "'\"" + number + "'.\"y\"", number + "-_"});
  }
  /// `lines`: it may have several.
  std::string value(int depth, bool lines) {
    const int kind = below(depth > 3 ? 4 : lines ? 7 : 6);
    if (kind == 4) return array(depth, lines);
    if (kind == 5) return braces(depth, lines);
    if (kind == 6)
      return one_of({"\"\"\"\n a \n\n # b \"\" \\\" \"\" \"\"\"\"\"", "'''x'''", "'''\n''\n'''''",
                     "\"\"\"\\\n   y\"\"\""});
    return one_of({"1", "+1_000", "0xdead_beef", "-1.5e-3", "inf", "true", "1979-05-27", "07:32:00",
                   "1979-05-27T07:32:00Z", "1979-05-27 07:32:00.5", "\"\"", "''", "'x'", "'a\\b'", "'#[\"'",
                   "\"a\\\"b\"", "\"\u00e9 \\\\\"",
                   "'a very long text for an array that does not fit one line'"});
  }
  std::string gap(bool lines) {
    return spaces() +
           (lines && chance(3) ? (chance(2) ? comment() : "") + one_of({"\n", "\r\n", "\n\n"}) : "") +
           spaces();
  }
  std::string array(int depth, bool lines) {
    std::string text = "[";
    const int size = below(4);
    for (int i = 0; i < size; ++i)
      text += gap(lines) + value(depth + 1, lines) + gap(lines) + (i + 1 < size || chance(2) ? "," : "");
    return text + gap(lines) + "]";
  }
  std::string braces(int depth, bool lines) {
    std::string text = "{";
    const int size = below(3);
    for (int i = 0; i < size; ++i)
      text += spaces() + key() + spaces() + "=" + spaces() + value(depth + 1, lines) + spaces() +
              (i + 1 < size ? "," : "");
    return text + spaces() + "}";
  }
  void add_entries(std::string& text) {
    for (int entries = below(6); entries > 0; --entries) {
      if (chance(4)) text += spaces() + comment() + "\n";
      text += spaces() + key() + spaces() + "=" + spaces() + value(0, true) + line_end();
    }
  }

  std::mt19937 random_;
  int keys_ = 0;
};

TEST(Layout, of_random_toml_means_the_same_and_is_its_own_layout) {
  std::size_t changed = 0;
  std::size_t tried = 0;
  for (unsigned seed = 0; seed < 5000; seed += kEvery, ++tried) {
    const std::string text = RandomToml(seed).text();
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    expect_fixpoint(text);
    changed += laid_out(text) == text ? 0 : 1;
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(changed, tried / 5 * 4);
}

}  // namespace
}  // namespace kiln::config
