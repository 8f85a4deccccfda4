#include "render/diag_formats.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "config/load.h"
#include "render/diag.h"
#include "render/golden_for_test.h"

namespace kiln::render::diag_formats_test {
namespace {

using nlohmann::json;

class OneFile : public FileIo {
 public:
  explicit OneFile(std::string text) : text_(std::move(text)) {}
  Result<std::string> read(const std::string& /*path*/) const override { return text_; }
  Result<> write(const std::string&, const std::string&, unsigned) override { return {}; }

 private:
  std::string text_;
};

/// An error with two places, one without a place, one over two lines and a warning.
Diags findings() {
  Diags diags = config::load("site/kiln.toml",
                             OneFile("[cluster]\nname = \"edge\"\n\n[ca]\npassphrase = { env = \"P\" }\n\n"
                                     "[nodes.n1]\naddress = \"192.0.2.11\"\nservces = [\"central\"]\n\n"
                                     "[nodes.n2]\naddress = \"192.0.2.11\"\n"))
                    .diags;
  diags.error("file-unreadable", {}, "cannot read `kiln.toml`: No such file or directory");
  diags.error("wrong-type", {"site/kiln.toml", 3, 9, 5, 2}, "an array over three lines");
  diags.warning("include-nothing", {"site/kiln.toml", 2, 1, 2, 4}, "`nodes/*.toml` matches no file");
  return diags;
}

/// What a file may hold to do harm: a line of its own, a command, an escape, a percent sign.
Diags hostile() {
  Diags diags;
  Diag& diag = diags.error("bad-name", {"a:b,c%25\n::error::x\x1b[31m.toml", 1, 1, 1, 2},
                           "100% of `a\r\n::warning file=x::y\x1b[31m\xff`");
  diag.notes.push_back({.text = "note\n::error::n", .span = {"\x07", 1, 1, 1, 2}});
  diag.help = "help\n::stop-commands::h";
  return diags;
}

/// No control character but the end of a line.
std::string controls_in(const std::string& text) {
  std::string found;
  for (const char c : text)
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f) found += c;
  return found;
}

bool has_texts(const json& object, std::initializer_list<const char*> keys) {
  for (const char* key : keys)
    if (!object.contains(key) || !object[key].is_string() || object[key].empty()) return false;
  return true;
}

/// What SARIF 2.1.0 requires of a location (3.28, 3.29, 3.30).
void expect_location(const json& location) {
  const json& physical = location.at("physicalLocation");
  const std::string uri = physical.at("artifactLocation").at("uri");
  EXPECT_EQ(uri.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/%:"),
            std::string::npos)
      << uri;
  const json& region = physical.at("region");
  EXPECT_GE(region.at("startLine"), 1);
  EXPECT_GE(region.at("startColumn"), 1);
  EXPECT_GE(region.at("endLine"), region.at("startLine"));
  EXPECT_GE(region.at("endColumn"), 1);
}

/// What SARIF 2.1.0 requires of a log (3.13), its runs (3.14), tools (3.18, 3.19), rules (3.49) and results
/// (3.27).
void expect_sarif(const std::string& text, std::size_t results) {
  const json log = json::parse(text);
  EXPECT_EQ(log.at("version"), "2.1.0");
  EXPECT_TRUE(has_texts(log, {"$schema"}));
  ASSERT_EQ(log.at("runs").size(), 1U);
  const json& run = log["runs"][0];
  EXPECT_EQ(run.at("columnKind"), "unicodeCodePoints");
  const json& driver = run.at("tool").at("driver");
  EXPECT_TRUE(has_texts(driver, {"name"}));
  for (const json& rule : driver.at("rules")) {
    EXPECT_TRUE(has_texts(rule, {"id"}));
    EXPECT_TRUE(has_texts(rule.at("shortDescription"), {"text"})) << rule;
    EXPECT_TRUE(has_texts(rule.at("help"), {"text"})) << rule;
  }
  ASSERT_EQ(run.at("results").size(), results);
  for (const json& result : run["results"]) {
    EXPECT_TRUE(has_texts(result.at("message"), {"text"}));
    EXPECT_TRUE(result.at("level") == "error" || result.at("level") == "warning");
    EXPECT_EQ(driver["rules"].at(result.at("ruleIndex").get<std::size_t>()).at("id"), result.at("ruleId"));
    for (const char* key : {"locations", "relatedLocations"})
      for (const json& location : result.value(key, json::array())) expect_location(location);
  }
}

}  // namespace

TEST(DiagFormats, json) {
  const std::string text = diags_json(findings());
  expect_golden("diag-formats/json", text);
}

TEST(DiagFormats, github) {
  expect_golden("diag-formats/github", diags_github(findings()));
}

TEST(DiagFormats, sarif) {
  expect_sarif(diags_sarif(findings()), 5);
  expect_golden("diag-formats/sarif", diags_sarif(findings()));
}

TEST(DiagFormats, nothing_is_an_empty_document) {
  EXPECT_EQ(json::parse(diags_json({})),
            (json{{"format", 1}, {"errors", 0}, {"warnings", 0}, {"diagnostics", json::array()}}));
  EXPECT_EQ(diags_github({}), "");
  expect_sarif(diags_sarif({}), 0);
}

TEST(DiagFormats, every_format_says_all_of_many) {
  Diags diags;
  for (int i = 1; i <= 50; ++i) diags.error("wrong-type", {"f.toml", i, 1, i, 2}, "m");
  EXPECT_EQ(json::parse(diags_json(diags))["diagnostics"].size(), 50U);
  EXPECT_EQ(std::ranges::count(diags_github(diags), '\n'), 50);
  expect_sarif(diags_sarif(diags), 50);
}

TEST(DiagFormats, let_no_hostile_text_through) {
  for (const std::string& text : {diags_json(hostile()), diags_github(hostile()), diags_sarif(hostile())})
    EXPECT_EQ(controls_in(text), "") << text;
  expect_sarif(diags_sarif(hostile()), 1);
  const std::string github = diags_github(hostile());
  EXPECT_EQ(std::ranges::count(github, '\n'), 1) << "one command: " << github;
  EXPECT_EQ(
      github,
      "::error file=a%3Ab%2Cc%2525\\n%3A%3Aerror%3A%3Ax\\x1b[31m.toml,line=1,col=1,endLine=1,endColumn=2,"
      "title=bad-name::100%25 of `a\\x0d\\n::warning file=x::y\\x1b[31m\xff`%0Anote: \\x07:1:1: "
      "note\\n::error::n"
      "%0Ahelp: help\\n::stop-commands::h\n");
}

TEST(DiagFormats, text_is_the_one_for_people) {
  EXPECT_EQ(render_diags(findings(), {}, DiagFormat::text, true), render_diags(findings(), {}, true));
  EXPECT_EQ(render_diags(findings(), {}, DiagFormat::json_document, true), diags_json(findings()));
  EXPECT_EQ(render_diags(findings(), {}, DiagFormat::github, true), diags_github(findings()));
  EXPECT_EQ(render_diags(findings(), {}, DiagFormat::sarif, true), diags_sarif(findings()));
}

}  // namespace kiln::render::diag_formats_test
