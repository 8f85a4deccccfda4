#include "render/style.h"

#include <gtest/gtest.h>

#include <map>

namespace kiln::render {
namespace {

Environment with(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? "" : found->second;
  };
}

}  // namespace

TEST(Style, terminals_have_colours_unless_they_are_dumb) {
  EXPECT_TRUE(use_color(ColorChoice::automatic, true, with({{"TERM", "xterm"}})));
  EXPECT_FALSE(use_color(ColorChoice::automatic, true, with({{"TERM", "dumb"}})));
  EXPECT_FALSE(use_color(ColorChoice::automatic, false, with({{"TERM", "xterm"}})));
}

TEST(Style, the_option_wins_over_the_environment) {
  EXPECT_TRUE(use_color(ColorChoice::always, false, with({{"NO_COLOR", "1"}})));
  EXPECT_FALSE(use_color(ColorChoice::never, true, with({{"CLICOLOR_FORCE", "1"}})));
}

TEST(Style, no_color_wins_over_force) {
  EXPECT_FALSE(use_color(ColorChoice::automatic, true, with({{"NO_COLOR", "1"}, {"CLICOLOR_FORCE", "1"}})));
  EXPECT_TRUE(use_color(ColorChoice::automatic, false, with({{"CLICOLOR_FORCE", "1"}})));
  EXPECT_FALSE(use_color(ColorChoice::automatic, false, with({{"CLICOLOR_FORCE", "0"}})));
}

TEST(Style, utf8_is_what_the_first_locale_variable_says) {
  EXPECT_TRUE(use_utf8(with({{"LANG", "C.UTF-8"}})));
  EXPECT_TRUE(use_utf8(with({{"LANG", "de_DE.utf8"}})));
  EXPECT_FALSE(use_utf8(with({{"LC_ALL", "C"}, {"LANG", "C.UTF-8"}})));
  EXPECT_FALSE(use_utf8(with({})));
}

TEST(Style, paint_is_only_text_without_colours) {
  EXPECT_EQ((Style{false, true, 80}.paint(Tone::bad, "x")), "x");
  EXPECT_EQ((Style{true, true, 80}.paint(Tone::bad, "x")), "\x1b[31mx\x1b[0m");
}

}  // namespace kiln::render
