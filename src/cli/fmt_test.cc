#include <gtest/gtest.h>

#include "cli/world_for_test.h"

namespace kiln::cli {
namespace {

constexpr const char* kUntidy = "[a]\nb=1\n\n\n[c]\n";
constexpr const char* kTidy = "[a]\nb = 1\n\n[c]\n";

TEST(Fmt, writes_what_changes_and_names_it) {
  Controller controller;
  controller.files.files = {{"kiln.toml", kUntidy}, {"tidy.toml", kTidy}};
  controller.files.modes = {{"kiln.toml", 0640}};
  const Ran ran = controller.run({"fmt", "kiln.toml", "tidy.toml"});
  EXPECT_EQ(ran.code, ExitCode::done) << ran.err;
  EXPECT_EQ(ran.out, "kiln.toml\n");
  EXPECT_EQ(controller.files.files["kiln.toml"], kTidy);
  EXPECT_EQ(controller.files.modes, (std::map<std::string, unsigned>{{"kiln.toml", 0640}}));
}

TEST(Fmt, takes_kiln_toml_unless_told_otherwise) {
  Controller controller;
  controller.files.files = {{"kiln.toml", kUntidy}};
  EXPECT_EQ(controller.run({"fmt"}).out, "kiln.toml\n");
  EXPECT_EQ(controller.run({"fmt"}).out, "");
}

TEST(Fmt, check_changes_nothing) {
  Controller controller;
  controller.files.files = {{"kiln.toml", kUntidy}, {"tidy.toml", kTidy}};
  const Ran ran = controller.run({"fmt", "--check", "tidy.toml", "kiln.toml"});
  EXPECT_EQ(ran.code, ExitCode::invalid);
  EXPECT_EQ(ran.out, "kiln.toml\n");
  EXPECT_EQ(controller.files.files["kiln.toml"], kUntidy);
  EXPECT_EQ(controller.run({"fmt", "--check", "tidy.toml"}).code, ExitCode::done);
}

TEST(Fmt, leaves_what_is_no_toml_and_goes_on) {
  Controller controller;
  controller.files.files = {{"bad.toml", "a=\n"}, {"kiln.toml", kUntidy}};
  const Ran ran = controller.run({"fmt", "bad.toml", "none.toml", "kiln.toml"});
  EXPECT_EQ(ran.code, ExitCode::invalid);
  EXPECT_EQ(ran.out, "kiln.toml\n");
  EXPECT_TRUE(ran.err.starts_with("bad.toml:1:")) << ran.err;
  EXPECT_NE(ran.err.find("none.toml"), std::string::npos) << ran.err;
  EXPECT_EQ(controller.files.files["bad.toml"], "a=\n");
}

TEST(Fmt, of_stdin_is_on_stdout) {
  Controller controller;
  controller.typed = kUntidy;
  const Ran ran = controller.run({"fmt", "-"});
  EXPECT_EQ(ran.out, kTidy);
  EXPECT_EQ(ran.code, ExitCode::done);
  EXPECT_EQ(controller.run({"fmt", "-", "--check"}).out, "<stdin>\n");
  EXPECT_EQ(controller.run({"fmt", "-", "--check"}).code, ExitCode::invalid);
  controller.typed = "a = [\n";
  EXPECT_EQ(controller.run({"fmt", "-"}).out, "");
}

}  // namespace
}  // namespace kiln::cli
