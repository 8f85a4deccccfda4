#include <istream>
#include <iterator>

#include "base/text.h"
#include "cli/commands/commands.h"
#include "config/layout.h"
#include "render/diag.h"

namespace kiln::cli {
namespace {

/// What became of one file.
enum class Outcome { same, different, unreadable };

std::optional<std::string> lay_out(const std::string& name, const std::string& text, Screen& screen) {
  Diags diags;
  std::optional<std::string> laid_out = config::lay_out(name, text, diags);
  if (!laid_out)
    screen.talk(
        render::render_diags(diags, {{name, std::string(without_bom(text))}}, screen.err_style().color));
  return laid_out;
}

Outcome format_input(const Arguments& arguments, World& world, Screen& screen) {
  const std::string text(std::istreambuf_iterator<char>(world.in), {});
  const auto laid_out = lay_out("<stdin>", text, screen);
  if (!laid_out) return Outcome::unreadable;
  if (!arguments.check) screen.result(*laid_out);
  if (arguments.check && *laid_out != text) screen.result("<stdin>\n");
  return *laid_out == text ? Outcome::same : Outcome::different;
}

Outcome format_file(const std::string& file, const Arguments& arguments, World& world, Screen& screen) {
  const Result<std::string> text = world.files.read(file);
  if (!text) {
    screen.error(text.error().text(), "");
    return Outcome::unreadable;
  }
  const auto laid_out = lay_out(file, *text, screen);
  if (!laid_out) return Outcome::unreadable;
  if (*laid_out == *text) return Outcome::same;
  if (!arguments.check) {
    const Result<> written = world.files.write(file, *laid_out, world.mode_of(file));
    if (!written) {
      screen.error(written.error().text(), file + " is as it was");
      return Outcome::unreadable;
    }
  }
  screen.result(file + '\n');
  return Outcome::different;
}

}  // namespace

ExitCode run_fmt(const Arguments& arguments, World& world, Screen& screen) {
  const std::vector<std::string> files =
      arguments.files.empty() ? std::vector<std::string>{arguments.file} : arguments.files;
  ExitCode code = ExitCode::done;
  for (const std::string& file : files) {
    const Outcome outcome =
        file == "-" ? format_input(arguments, world, screen) : format_file(file, arguments, world, screen);
    if (outcome == Outcome::unreadable || (outcome == Outcome::different && arguments.check))
      code = ExitCode::invalid;
  }
  return code;
}

}  // namespace kiln::cli
