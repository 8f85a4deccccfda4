#include "cli/screen.h"

#include <istream>
#include <ostream>
#include <utility>

#include "base/text.h"
#include "cli/interrupt.h"
#include "render/line.h"

namespace kiln::cli {
namespace {

render::Style style_of(const Output& output, const World& world, const Arguments& arguments) {
  return {render::use_color(arguments.color, output.terminal, world.environment),
          render::use_utf8(world.environment), output.width};
}

}  // namespace

Screen::Screen(World& world, const Arguments& arguments)
    : world_(world),
      quiet_(arguments.quiet),
      diagnostics_(arguments.diagnostics),
      findings_are_result_(arguments.command == Command::validate && findings_for_programs()),
      out_style_(style_of(world.out, world, arguments)),
      err_style_(style_of(world.err, world, arguments)) {}

void Screen::result(const std::string& text) {
  world_.out.stream << text << std::flush;
}

void Screen::talk(const std::string& text) {
  world_.err.stream << text << std::flush;
}

void Screen::error(const std::string& text, const std::string& state) {
  talk(err_style_.paint(render::Tone::bad, "kiln: error:"));
  for (const std::string& line : split(text, '\n')) talk(' ' + render::one_line(line) + '\n');
  if (!state.empty()) talk(state + '\n');
}

void Screen::findings(const Diags& diags, const std::map<std::string, std::string>& sources) {
  Diags all = std::exchange(held_, {});
  for (const Diag& diag : diags.all()) all.add(diag);
  all.sort();
  if (findings_are_result_) return result(render::render_diags(all, sources, diagnostics_, false));
  if (!all.empty()) talk(render::render_diags(all, sources, diagnostics_, err_style_.color));
}

void Screen::hold(Diags diags) {
  for (const Diag& diag : diags.all()) held_.add(diag);
}

std::string Screen::answer_to(const std::string& question) {
  talk(question);
  ++asked_;
  std::string answer;
  // The lease of a second round is given back when somebody interrupts its question.
  const bool waits = world_.in_terminal && world_.in.rdbuf()->in_avail() <= 0;
  if (waits && !wait_for_input()) return {};
  if (!std::getline(world_.in, answer)) talk("\n");
  return std::string(trim(answer));
}

bool Screen::agreed(const std::string& question) {
  const std::string word = answer_to(question);
  return word == "y" || word == "Y" || word == "yes";
}

render::ProgressMode Screen::progress_mode() const {
  if (quiet_) return render::ProgressMode::quiet;
  const bool live = world_.err.terminal && world_.environment("TERM") != "dumb";
  return live ? render::ProgressMode::live : render::ProgressMode::lines;
}

}  // namespace kiln::cli
