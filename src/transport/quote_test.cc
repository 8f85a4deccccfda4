#include "base/quote.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "transport/process.h"

namespace kiln::transport::quote_test {
namespace {

constexpr Duration kLong{20000};

/// What a real shell makes of these words, each followed by a NUL.
std::string shell_says(const std::vector<std::string>& words) {
  std::string command = "printf '%s\\0'";
  for (const std::string& word : words) command += ' ' + quote(word);
  const auto ended = run_process({"/bin/sh", "-c", command}, "", kLong);
  return ended && ended->exit_code == 0 ? ended->output : "the shell failed";
}

std::string with_nul_after_each(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += word + '\0';
  return text;
}

const std::vector<std::string> kHostile = {"",         " ",           "a b",      "  a  ",
                                           "'",        "''",          "'\\''",    "it's",
                                           "\"",       "\\",          "\\\\'",    "\\n",
                                           "$(id)",    "`id`",        "$HOME",    "${x}",
                                           "$((1+1))", "!!",          "*",        "?",
                                           "[a-z]",    "~",           "~root",    "{a,b}",
                                           "#x",       ";id",         "a|b",      "a&b",
                                           "<x",       ">x",          "(",        ")",
                                           "-n",       "--",          "-e x",     "=x",
                                           "%s",       "%n%d",        "\n",       "\n\n",
                                           "a\nb\n",   "\r\n",        "\t",       "\x01\x02\x1b",
                                           "\x7f",     "été 日本 🔥", "\xff\xfe", "\xc3",
                                           "'\n'$(x)", "' ; id '",    "'\"'\"'",  "$'x'",
                                           "a\\"};

TEST(Quote, gives_a_shell_the_same_word_alone) {
  for (const std::string& word : kHostile) {
    const auto ended = run_process({"/bin/sh", "-c", "printf %s " + quote(word)}, "", kLong);
    ASSERT_TRUE(ended) << ended.error().text();
    EXPECT_EQ(ended->output, word);
    EXPECT_EQ(ended->errors, "") << word;
  }
}

TEST(Quote, keeps_words_apart) {
  EXPECT_EQ(shell_says(kHostile), with_nul_after_each(kHostile));
}

TEST(Quote, survives_every_byte_but_nul) {
  std::vector<std::string> words;
  for (int byte = 1; byte < 256; ++byte) {
    const std::string one(1, static_cast<char>(byte));
    words.insert(words.end(), {one, "a" + one, one + "'", "'" + one + one});
  }
  EXPECT_EQ(shell_says(words), with_nul_after_each(words));
}

TEST(Quote, survives_random_words_of_special_characters) {
  constexpr std::string_view kSpecial = "'\"\\$`(){}[]<>|&;*?~#!%=- \t\n\ra";
  std::mt19937 random(1);
  std::vector<std::string> words(2000);
  for (std::string& word : words)
    for (auto left = random() % 12; left > 0; --left) word += kSpecial[random() % kSpecial.size()];
  EXPECT_EQ(shell_says(words), with_nul_after_each(words));
}

TEST(Quote, holds_when_quoted_twice) {
  for (const std::string& word : kHostile) {
    const std::string inner = "printf %s " + quote(word);
    const auto ended = run_process({"/bin/sh", "-c", "sh -c " + quote(inner)}, "", kLong);
    ASSERT_TRUE(ended) << ended.error().text();
    EXPECT_EQ(ended->output, word);
  }
}

TEST(QuoteDeathTest, refuses_nul) {
  EXPECT_DEATH(quote(std::string_view("a\0b", 3)), "");
}

TEST(Base64, knows_the_vectors_of_rfc_4648) {
  const std::vector<std::pair<std::string, std::string>> vectors = {{"", ""},
                                                                    {"f", "Zg=="},
                                                                    {"fo", "Zm8="},
                                                                    {"foo", "Zm9v"},
                                                                    {"foob", "Zm9vYg=="},
                                                                    {"fooba", "Zm9vYmE="},
                                                                    {"foobar", "Zm9vYmFy"},
                                                                    {"\xfb\xff\xfe", "+//+"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(encode_base64(bytes), text);
    EXPECT_EQ(decode_base64(text), bytes);
  }
}

TEST(Base64, agrees_with_the_program_in_both_directions) {
  std::mt19937 random(2);
  for (const std::size_t size : {1U, 2U, 3U, 100U, 1000U, 70001U}) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random() % 256);
    const auto encoded = run_process({"base64", "-w0"}, bytes, kLong);
    ASSERT_TRUE(encoded) << encoded.error().text();
    EXPECT_TRUE(encoded->output == encode_base64(bytes)) << size;
    EXPECT_TRUE(decode_base64(encoded->output) == bytes) << size;
  }
}

TEST(Base64, decodes_a_cut_text_to_a_prefix) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  const std::string text = encode_base64(bytes);
  for (std::size_t at = 0; at <= text.size(); ++at)
    EXPECT_EQ(decode_base64(text.substr(0, at)), bytes.substr(0, std::min(at * 6 / 8, bytes.size()))) << at;
}

TEST(Base64, ends_at_the_first_other_character) {
  EXPECT_EQ(decode_base64("Zm9v\nZm9v"), "foo");
  EXPECT_EQ(decode_base64("Zm9v Zm9v"), "foo");
  EXPECT_EQ(decode_base64("Zg==Zg=="), "f");
  EXPECT_EQ(decode_base64("-Zg"), "");
}

}  // namespace
}  // namespace kiln::transport::quote_test
