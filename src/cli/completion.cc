#include <fmt/format.h>

#include "base/text.h"
#include "cli/manual.h"

namespace kiln::cli {
namespace {

std::string names_of(const std::vector<OptionSpec>& options) {
  std::vector<std::string> names;
  for (const OptionSpec& option : options)
    for (const std::string& name : split(option.names, ',')) names.push_back(name);
  return join(names, " ");
}

std::string commands() {
  std::vector<std::string> names;
  for (const CommandSpec& command : command_table()) names.emplace_back(command.name);
  return join(names, " ");
}

/// Within single quotes of a shell; descriptions hold nothing of the user's.
std::string in_quotes(std::string_view text) {
  std::string safe;
  for (const char c : text) safe += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return '\'' + safe + '\'';
}

std::string bash() {
  std::string text =
      "# bash completion for kiln: source <(kiln completion bash)\n"
      "_kiln() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} command= options= i\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    [[ ${COMP_WORDS[i]} == -* ]] || { command=${COMP_WORDS[i]}; break; }\n"
      "  done\n"
      "  case $command in\n";
  for (const CommandSpec& command : command_table())
    text += fmt::format("    {}) options='{}' ;;\n", command.name, names_of(command.options));
  text += fmt::format(
      "  esac\n"
      "  if [[ $word == -* ]]; then\n"
      "    mapfile -t COMPREPLY < <(compgen -W \"$options {}\" -- \"$word\")\n"
      "  elif [[ -z $command ]]; then\n"
      "    mapfile -t COMPREPLY < <(compgen -W '{}' -- \"$word\")\n"
      "  else\n"
      "    mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
      "  fi\n"
      "}}\n"
      "complete -o filenames -F _kiln kiln\n",
      names_of(common_options()), commands());
  return text;
}

/// `_arguments` reads brackets and colons.
std::string for_zsh(std::string_view text) {
  std::string safe;
  for (const char c : text)
    safe += (c == '[' || c == ']' || c == ':') ? std::string("\\") + c : std::string(1, c);
  return safe;
}

std::string zsh_options(const std::vector<OptionSpec>& options) {
  std::string text;
  for (const OptionSpec& option : options)
    for (const std::string& name : split(option.names, ','))
      text += " \\\n        " +
              in_quotes(fmt::format("{}[{}]{}", name, for_zsh(option.doc),
                                    *option.value == '\0' ? "" : fmt::format(":{}:", option.value)));
  return text;
}

std::string zsh() {
  std::string text =
      "#compdef kiln\n# zsh completion for kiln: kiln completion zsh > \"${fpath[1]}/_kiln\"\n"
      "_kiln() {\n  local -a commands=(\n";
  for (const CommandSpec& command : command_table())
    text += "    " + in_quotes(fmt::format("{}:{}", command.name, for_zsh(command.summary))) + '\n';
  text +=
      "  )\n  if (( CURRENT == 2 )); then\n    _describe command commands\n    return\n  fi\n  case "
      "$words[2] in\n";
  for (const CommandSpec& command : command_table())
    text += fmt::format("    {})\n      _arguments '*:file:_files'{}{} ;;\n", command.name,
                        zsh_options(command.options), zsh_options(common_options()));
  return text + "  esac\n}\n[[ $funcstack[1] == _kiln ]] && _kiln \"$@\" || compdef _kiln kiln\n";
}

std::string fish_options(const std::vector<OptionSpec>& options, const std::string& condition) {
  std::string text;
  for (const OptionSpec& option : options) {
    text += "complete -c kiln" + condition;
    for (const std::string& name : split(option.names, ','))
      text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    text += (*option.value == '\0' ? " -d " : " -r -d ") + in_quotes(option.doc) + '\n';
  }
  return text;
}

std::string fish() {
  std::string text =
      "# fish completion for kiln: kiln completion fish > ~/.config/fish/completions/kiln.fish\n";
  for (const CommandSpec& command : command_table()) {
    text += fmt::format("complete -c kiln -n __fish_use_subcommand -f -a {} -d {}\n", command.name,
                        in_quotes(command.summary));
    text += fish_options(command.options, fmt::format(" -n '__fish_seen_subcommand_from {}'", command.name));
  }
  return text + fish_options(common_options(), "");
}

}  // namespace

std::string completion_script(const std::string& shell) {
  if (shell == "bash") return bash();
  if (shell == "zsh") return zsh();
  if (shell == "fish") return fish();
  return {};
}

}  // namespace kiln::cli
