#include "render/logs.h"

#include <gtest/gtest.h>

namespace kiln::render::logs_test {
namespace {

engine::LogLine line(const std::string& level, const std::string& text) {
  return {"n1", "nb", {1795295408908123, level, text}};
}

TEST(Logs, are_in_columns) {
  EXPECT_EQ(log_text(line("info", "00036|main|INFO|one"), {.node = 3, .daemon = 4}, Style{}),
            "2026-11-21T21:10:08.908Z n1  nb   00036|main|INFO|one\n");
}

TEST(Logs, no_line_of_a_daemon_can_steer_the_terminal) {
  EXPECT_EQ(log_text(line("info", "a\x1b[2Jb\nc"), {.node = 2, .daemon = 2}, Style{}),
            "2026-11-21T21:10:08.908Z n1 nb a\\x1b[2Jb\\nc\n");
}

TEST(Logs, colours_tell_the_level) {
  const Style style{.color = true, .utf8 = true, .width = 80};
  for (const auto& [level, tone] : std::vector<std::pair<std::string, Tone>>{{"emer", Tone::bad},
                                                                             {"err", Tone::bad},
                                                                             {"warn", Tone::warn},
                                                                             {"info", Tone::plain},
                                                                             {"dbg", Tone::dim}})
    EXPECT_TRUE(log_text(line(level, "x"), {}, style).ends_with(style.paint(tone, "x") + '\n')) << level;
}

TEST(Logs, are_an_object_a_line_for_programs) {
  EXPECT_EQ(log_json(line("warn", "a\"b\xff")),
            "{\"daemon\":\"nb\",\"level\":\"warn\",\"node\":\"n1\",\"text\":\"a\\\"b\xef\xbf\xbd\","
            "\"time\":\"2026-11-21T21:10:08.908Z\"}\n");
}

}  // namespace
}  // namespace kiln::render::logs_test
