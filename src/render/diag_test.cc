#include "render/diag.h"

#include <gtest/gtest.h>

namespace kiln::render::diag_test {
namespace {

Span at(int line, int column, int end_column, const std::string& file = "f.toml") {
  return {.file = file, .line = line, .column = column, .end_line = line, .end_column = end_column};
}

std::string rendered(const Diags& diags, const std::map<std::string, std::string>& sources) {
  return render_diags(diags, sources, false);
}

TEST(RenderDiags, says_nothing_about_nothing) {
  EXPECT_EQ(rendered({}, {{"f.toml", "a"}}), "");
}

TEST(RenderDiags, shows_place_line_notes_and_help) {
  Diags diags;
  Diag& diag = diags.error("unknown-key", at(2, 1, 8), "unknown key `servces` in [nodes.n2]");
  diag.notes = {{.text = "first used here", .span = at(1, 3, 5, "other.toml")},
                {.text = "no place", .span = {}}};
  diag.help = "a key with a similar name exists: `services`";
  EXPECT_EQ(rendered(diags, {{"f.toml", "\nservces = []\n"}, {"other.toml", "  ab\n"}}),
            "f.toml:2:1: error: unknown key `servces` in [nodes.n2] [unknown-key]\n"
            "  |\n"
            "2 | servces = []\n"
            "  | ^^^^^^^\n"
            "  = note: other.toml:1:3: first used here\n"
            "  |\n"
            "1 |   ab\n"
            "  |   ^^\n"
            "  = note: no place\n"
            "  = help: a key with a similar name exists: `services`\n"
            "\n"
            "f.toml: 1 error\n");
}

TEST(RenderDiags, keeps_the_caret_under_the_text) {
  Diags diags;
  diags.warning("w", at(1, 6, 8), "after a tab and wide characters");
  EXPECT_EQ(rendered(diags, {{"f.toml", "\t日e\u0301x!!"}}),
            "f.toml:1:6: warning: after a tab and wide characters [w]\n"
            "  |\n"
            "1 |     日e\u0301x!!\n"
            "  |         ^^\n"
            "\n"
            "f.toml: 1 warning\n");
}

TEST(RenderDiags, masks_secrets_in_every_snippet) {
  Diags diags;
  diags.error("other", at(1, 1, 2), "another thing on the line");
  diags.error("literal-secret", at(1, 5, 14), "a literal");
  const std::string text = rendered(diags, {{"f.toml", "a = \"hunter2\" # c"}});
  EXPECT_EQ(text.find("hunter2"), std::string::npos) << text;
  EXPECT_NE(text.find("1 | a = •••••••• # c\n  | ^\n"), std::string::npos) << text;
}

TEST(RenderDiags, masks_what_sounds_like_a_secret) {
  Diags diags;
  diags.error("toml-syntax", at(1, 14, 15), "no end");
  const std::string text = rendered(diags, {{"f.toml", "BGP-Password = hunter2"}});
  EXPECT_EQ(text.find("hunter2"), std::string::npos) << text;
}

TEST(RenderDiags, shows_references_to_secrets) {
  Diags diags;
  diags.error("e", at(1, 1, 2), "m");
  const std::string line = "passphrase = { env = \"P\" }";
  EXPECT_NE(rendered(diags, {{"f.toml", line}}).find(line), std::string::npos);
}

TEST(RenderDiags, cuts_a_very_long_line_around_the_place) {
  Diags diags;
  diags.error("e", at(1, 5001, 5004), "m");
  const std::string text =
      rendered(diags, {{"f.toml", std::string(5000, 'a') + "bcd" + std::string(5000, 'e')}});
  EXPECT_NE(text.find("1 | …" + std::string(60, 'a') + "bcdee"), std::string::npos) << text;
  EXPECT_NE(text.find("  | " + std::string(61, ' ') + "^^^\n"), std::string::npos) << text;
  EXPECT_LT(text.size(), 600U);
}

TEST(RenderDiags, lets_no_escape_sequence_through) {
  Diags diags;
  diags.error("e", at(1, 1, 2), "name `\x1b[31m`").notes = {{.text = "\x1b[0m", .span = {}}};
  EXPECT_EQ(rendered(diags, {{"f.toml", "\x1b[31m\xff\n"}}).find('\x1b'), std::string::npos);
}

TEST(RenderDiags, survives_places_that_are_not_there) {
  Diags diags;
  diags.error("a", at(9, 9, 12), "beyond the last line");
  diags.error("b", at(1, 90, 92), "beyond the end of the line");
  diags.error("c", at(1, 1, 2, "missing.toml"), "of an unknown file");
  diags.error("d", {}, "nowhere");
  EXPECT_EQ(rendered(diags, {{"f.toml", "ab"}}),
            "f.toml:9:9: error: beyond the last line [a]\n\n"
            "f.toml:1:90: error: beyond the end of the line [b]\n  |\n1 | ab\n  |   ^\n\n"
            "missing.toml:1:1: error: of an unknown file [c]\n\n"
            "error: nowhere [d]\n\n"
            "4 errors in 2 files\n");
}

TEST(RenderDiags, shows_twenty_and_counts_the_rest) {
  Diags diags;
  for (int i = 0; i < 22; ++i) diags.error("e", at(1, 1, 2), "m");
  diags.warning("w", at(1, 1, 2), "m");
  const std::string text = rendered(diags, {});
  EXPECT_TRUE(text.ends_with("… and 3 more\n\nf.toml: 22 errors, 1 warning\n")) << text;
}

TEST(RenderDiags, colours_only_when_asked) {
  Diags diags;
  diags.error("e", at(1, 1, 2), "m");
  EXPECT_EQ(rendered(diags, {{"f.toml", "a"}}).find('\x1b'), std::string::npos);
  EXPECT_NE(render_diags(diags, {{"f.toml", "a"}}, true).find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace kiln::render::diag_test
