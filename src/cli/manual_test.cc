#include "cli/manual.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "base/text.h"
#include "cli/help.h"
#include "render/golden_for_test.h"

namespace kiln::cli {
namespace {

/// Every option that `--help` of the command shows.
std::vector<std::string> names_of(const CommandSpec& command) {
  std::vector<std::string> names;
  for (const auto& options : {command.options, common_options()})
    for (const OptionSpec& option : options)
      for (const std::string& name : split(option.names, ',')) names.push_back(name);
  return names;
}
/// Without what roff adds.
std::string plain(std::string text) {
  for (std::size_t at = 0; (at = text.find("\\-", at)) != std::string::npos;) text.erase(at, 1);
  return text;
}

TEST(Manual, has_what_help_has) {
  for (const CommandSpec& command : command_table()) {
    const std::string help = help_text(command);
    const std::string page = plain(man_page(command));
    for (const std::string& name : names_of(command)) {
      EXPECT_NE(help.find(name), std::string::npos) << command.name << name;
      EXPECT_NE(page.find(name), std::string::npos) << command.name << name;
    }
    for (const char* text : {command.summary, command.example})
      EXPECT_NE(page.find(text), std::string::npos) << text;
    EXPECT_NE(plain(man_page()).find("kiln-" + std::string(command.name)), std::string::npos);
  }
}

TEST(Manual, roff_has_no_request_by_accident) {
  for (const CommandSpec& command : command_table())
    for (const std::string& line : split(man_page(command), '\n'))
      if (line.starts_with('.')) {
        EXPECT_TRUE(line.starts_with(".TH") || line.starts_with(".SH") || line.starts_with(".TP") ||
                    line.starts_with(".B") || line == ".nf" || line == ".fi")
            << line;
      }
}

TEST(Completion, knows_every_command_and_option) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const std::string script = completion_script(shell);
    for (const CommandSpec& command : command_table()) {
      EXPECT_NE(script.find(command.name), std::string::npos) << shell << command.name;
      for (const std::string& name : names_of(command)) {
        // fish: -l verbose, -s v
        const std::string shown = std::string(shell) != "fish" ? name
                                  : name.starts_with("--")     ? "-l " + name.substr(2)
                                                               : "-s " + name.substr(1);
        EXPECT_NE(script.find(shown), std::string::npos) << shell << shown;
      }
    }
  }
  EXPECT_EQ(completion_script("csh"), "");
}

TEST(CommandsReference, is_the_one_in_the_repository) {
  const std::string path = KILN_SOURCE_DIR "/docs/reference/commands.md";
  if (std::getenv("KILN_ACCEPT")) {
    std::ofstream(path, std::ios::binary) << commands_reference();
    GTEST_SKIP() << "accepted";
  }
  std::ifstream file(path, std::ios::binary);
  EXPECT_EQ(commands_reference(), std::string(std::istreambuf_iterator<char>(file), {}))
      << "run with KILN_ACCEPT=1 to write it anew";
}

}  // namespace
}  // namespace kiln::cli
