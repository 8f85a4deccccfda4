#include <fmt/format.h>

#include <algorithm>

#include "cli/commands/commands.h"
#include "cli/init_questions.h"
#include "config/layout.h"
#include "config/load.h"
#include "render/diag.h"

namespace kiln::cli {
namespace {

/// One file that is not written yet, among those that are.
class Unwritten : public FileIo {
 public:
  Unwritten(const FileIo& others, std::string path, std::string text)
      : others_(others), path_(std::move(path)), text_(std::move(text)) {}

  Result<std::string> read(const std::string& path) const override {
    return path == path_ ? Result<std::string>(text_) : others_.read(path);
  }
  Result<> write(const std::string& path, const std::string&, unsigned) override {
    return fail(ErrorCode::denied, path + ": a look at a file writes nothing");
  }

 private:
  const FileIo& others_;
  std::string path_;
  std::string text_;
};

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

  const std::string text = init_text(answers);
  const config::Loaded loaded = config::load(file, Unwritten(world.files, file, text));
  if (!loaded.diags.empty())
    screen.talk(render::render_diags(loaded.diags, loaded.sources, screen.err_style().color));
  if (loaded.diags.has_errors()) {
    screen.error("the answers do not make a valid file", "nothing was written");
    return ExitCode::invalid;
  }
  Diags none;
  const Result<> written = world.files.write(file, config::lay_out(file, text, none).value_or(text), 0644);
  if (!written) {
    screen.error(written.error().text(), "nothing was written");
    return ExitCode::failed;
  }
  show_next(answers, file, screen);
  return ExitCode::done;
}

}  // namespace kiln::cli
