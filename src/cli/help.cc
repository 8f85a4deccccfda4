#include "cli/help.h"

#include <fmt/format.h>

#include "base/text.h"

namespace kiln::cli {
namespace {

std::string options_text(const std::vector<OptionSpec>& options) {
  std::string text;
  for (const OptionSpec& option : options) {
    const std::vector<std::string> names = split(option.names, ',');
    std::string shown = names.size() == 1 ? "    " + names.front() : join(names, ", ");
    if (*option.value != '\0') shown += ' ' + std::string(option.value);
    text += fmt::format("  {:<23} {}\n", shown, option.doc);
  }
  return text;
}

}  // namespace

std::string usage_of(const CommandSpec& command) {
  const std::string files = command.takes_files ? " [FILE…]" : "";
  const std::string word = *command.word == '\0' ? "" : " [" + std::string(command.word) + ']';
  const std::string first = command.takes_step       ? " STEP"
                            : command.takes_backup   ? " DIR"
                            : *command.verbs != '\0' ? ' ' + std::string(command.verbs)
                                                     : "";
  const std::string words = *command.words == '\0' ? "" : " [" + std::string(command.words) + "…]";
  return fmt::format("kiln {} [options]{}{}{}{}{}", command.name, first, words,
                     command.takes_file ? " [FILE]" : "", command.takes_run ? " [RUN]" : "", word + files);
}

std::string help_text() {
  std::string text =
      "kiln: turns a description of an OVN deployment into a running one, and keeps it so\n\n"
      "usage: kiln COMMAND [options] [FILE]\n";
  std::string group;
  for (const CommandSpec& command : command_table()) {
    if (group != command.group) text += fmt::format("\n{}:\n", command.group);
    group = command.group;
    text += fmt::format("  {:<10} {}\n", command.name, command.summary);
  }
  text += "\nOptions of every command:\n" + options_text(common_options());
  return text +
         "\nFILE is kiln.toml here unless it is given. `kiln COMMAND --help` tells more.\n"
         "Exit codes: 0 done, 1 error, 2 changes pending, 3 file not valid, 4 not approved,\n"
         "5 saved plan is stale, 6 another run is at work, 7 partly applied\n"
         "(run it again), 64 usage.\n\n"
         "Example: kiln plan site.toml && kiln apply site.toml\n";
}

std::string help_text(const CommandSpec& command) {
  std::string text =
      fmt::format("kiln {}: {}\n\nusage: {}\n", command.name, command.summary, usage_of(command));
  if (*command.detail != '\0') text += fmt::format("\n{}\n", command.detail);
  if (!command.options.empty()) text += "\nOptions:\n" + options_text(command.options);
  text += "\nOptions of every command:\n" + options_text(common_options());
  return text + fmt::format("\nExample: {}\n", command.example);
}

}  // namespace kiln::cli
