#include "cli/manual.h"

#include "base/text.h"
#include "cli/commands/commands.h"

namespace kiln::cli {

ExitCode run_completion(const Arguments& arguments, World& /*world*/, Screen& screen) {
  const std::string script = completion_script(arguments.word);
  if (script.empty()) {
    screen.error(arguments.word.empty() ? "SHELL is missing: bash, zsh or fish"
                                        : "`" + arguments.word + "` is not one of bash, zsh, fish",
                 "");
    return ExitCode::usage;
  }
  screen.result(script);
  return ExitCode::done;
}

ExitCode run_man(const Arguments& arguments, World& /*world*/, Screen& screen) {
  if (arguments.word.empty()) {
    screen.result(man_page());
    return ExitCode::done;
  }
  const CommandSpec* const command = find_command(arguments.word);
  if (command == nullptr) {
    screen.error("there is no command `" + arguments.word + "`; `kiln --help` lists them", "");
    return ExitCode::usage;
  }
  screen.result(man_page(*command));
  return ExitCode::done;
}

}  // namespace kiln::cli
