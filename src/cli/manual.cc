#include "cli/manual.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/text.h"
#include "cli/help.h"

namespace kiln::cli {
namespace {

/// Text in roff: backslashes and hyphens are literal, and no line begins with a request.
std::string roff(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    if (c == '\\')
      safe += "\\e";
    else if (c == '-')
      safe += "\\-";
    else if ((c == '.' || c == '\'') && (safe.empty() || safe.back() == '\n'))
      safe += std::string("\\&") + c;
    else
      safe += c;
  }
  return safe;
}

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

std::string header(const std::string& name, std::string_view summary) {
  return fmt::format(".TH {} 1 \"\" kiln\n.SH NAME\n{} \\- {}\n", upper(name), roff(name), roff(summary));
}

std::string options_in_roff(const std::vector<OptionSpec>& options) {
  std::string text;
  for (const OptionSpec& option : options) {
    const std::string value = *option.value == '\0' ? "" : fmt::format(" \\fI{}\\fR", roff(option.value));
    text += fmt::format(".TP\n\\fB{}\\fR{}\n{}\n", roff(join(split(option.names, ','), ", ")), value,
                        roff(option.doc));
  }
  return text;
}

std::string exit_codes_in_roff() {
  std::string text = ".SH EXIT STATUS\n";
  for (const ExitMeaning& exit : exit_meanings())
    text += fmt::format(".TP\n.B {}\n{}\n", exit.code, roff(exit.meaning));
  return text;
}

std::string options_in_markdown(const std::vector<OptionSpec>& options) {
  std::string text = "| option | |\n|---|---|\n";
  for (const OptionSpec& option : options) {
    const std::string value = *option.value == '\0' ? "" : std::string(" ") + option.value;
    text += fmt::format("| `{}{}` | {} |\n", join(split(option.names, ','), "`, `"), value, option.doc);
  }
  return text;
}

}  // namespace

std::string man_page() {
  std::string text = header("kiln", "make and keep OVN deployments from a TOML file");
  text += ".SH SYNOPSIS\n.B kiln\n\\fICOMMAND\\fR [options] [\\fIFILE\\fR]\n.SH COMMANDS\n";
  for (const CommandSpec& command : command_table())
    text += fmt::format(".TP\n\\fBkiln\\-{}\\fR(1)\n{}\n", command.name, roff(command.summary));
  return text + ".SH OPTIONS OF EVERY COMMAND\n" + options_in_roff(common_options()) + exit_codes_in_roff();
}

std::string man_page(const CommandSpec& command) {
  std::string text = header("kiln-" + std::string(command.name), command.summary);
  text += fmt::format(".SH SYNOPSIS\n{}\n", roff(usage_of(command)));
  if (*command.detail != '\0') text += fmt::format(".SH DESCRIPTION\n{}\n", roff(command.detail));
  text += ".SH OPTIONS\n" + options_in_roff(command.options) + options_in_roff(common_options());
  text += fmt::format(".SH EXAMPLES\n.nf\n{}\n.fi\n", roff(command.example));
  return text + exit_codes_in_roff() + ".SH SEE ALSO\n.BR kiln (1)\n";
}

std::string commands_reference() {
  std::string text =
      "# Commands\n\nMade from the table of commands in `src/cli/options.cc`; so are `--help`, `kiln man` "
      "and `kiln "
      "completion`. The result is on stdout, and talk on stderr.\n\n| code | meaning |\n|---|---|\n";
  for (const ExitMeaning& exit : exit_meanings())
    text += fmt::format("| {} | {} |\n", exit.code, exit.meaning);
  text += "\n## Options of every command\n\n" + options_in_markdown(common_options());
  for (const CommandSpec& command : command_table()) {
    text += fmt::format("\n## kiln {}\n\n{}.\n\n```text\n{}\n```\n", command.name, command.summary,
                        usage_of(command));
    if (*command.detail != '\0') text += fmt::format("\n{}\n", command.detail);
    if (!command.options.empty()) text += '\n' + options_in_markdown(command.options);
    text += fmt::format("\nExample: `{}`\n", command.example);
  }
  return text;
}

}  // namespace kiln::cli
