#include <fmt/format.h>

#include <algorithm>

#include "cli/commands/commands.h"
#include "cli/init_questions.h"
#include "cli/write_checked.h"

namespace kiln::cli {
namespace {

void show_next(const InitAnswers& answers, const std::string& file, Screen& screen) {
  std::string text = fmt::format("wrote {}\n\nNext:\n", file);
  if (answers.passphrase.first == "env" || (answers.passphrase.first.empty() && answers.ca != "provided"))
    text += fmt::format("  export {}=…   # and keep it\n",
                        answers.passphrase.second.empty() ? "KILN_CA_PASSPHRASE" : answers.passphrase.second);
  text += "  kiln schema > kiln.schema.json   # for editors\n";
  for (const char* const command : {"validate", "plan", "apply"})
    text += fmt::format("  kiln {} {}\n", command, file);
  screen.result(text);
}

}  // namespace

ExitCode run_init(const Arguments& arguments, World& world, Screen& screen) {
  const std::string& file = arguments.file;
  if (!arguments.force && world.files.read(file)) {
    screen.error(fmt::format("`{}` is there already", file), "nothing was written; --force replaces it");
    return ExitCode::failed;
  }
  InitAnswers answers = arguments.init;
  if (answers.cluster.empty() || answers.nodes.empty()) {
    if (!screen.can_ask()) {
      screen.error(fmt::format("{} is missing, and nobody can be asked: this is not a terminal",
                               answers.cluster.empty() ? "--name" : "--node"),
                   "nothing was written");
      return ExitCode::usage;
    }
    if (!ask_answers(answers, world, screen)) {
      screen.error("the input ended before the answers did", "nothing was written");
      return ExitCode::failed;
    }
  }
  for (const InitBridge& bridge : answers.bridges)
    if (std::ranges::find(answers.nodes, bridge.node, &InitNode::name) == answers.nodes.end()) {
      screen.error(fmt::format("--bridge names the node `{}`, which is none", bridge.node),
                   "nothing was written");
      return ExitCode::usage;
    }

  if (const ExitCode code = write_checked(file, init_text(answers), "the answers", world, screen);
      code != ExitCode::done)
    return code;
  show_next(answers, file, screen);
  return ExitCode::done;
}

}  // namespace kiln::cli
