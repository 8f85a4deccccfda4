#include "cli/arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <utility>

#include "base/text.h"
#include "cli/help.h"
#include "cli/options.h"

namespace kiln::cli {
namespace {

void add_options(CLI::App& app, const std::vector<OptionSpec>& options, Arguments& arguments) {
  for (const OptionSpec& option : options) {
    if (option.flag != nullptr) {
      app.add_flag(option.names, arguments.*option.flag);
      continue;
    }
    const auto take = [&option, &arguments](const std::string& value) {
      const std::string wrong = option.take(arguments, value);
      if (!wrong.empty()) throw CLI::ValidationError(option.names, wrong);
    };
    if (!option.repeatable) {
      app.add_option_function<std::string>(option.names, take);
      continue;
    }
    const auto take_all = [take](const std::vector<std::string>& values) {
      std::ranges::for_each(values, take);
    };
    app.add_option_function<std::vector<std::string>>(option.names, take_all)->allow_extra_args(false);
  }
}

Answer usage_error(const std::string& problem, const std::string& help) {
  return {"kiln: " + problem + "\nhelp: " + help + '\n', true, ExitCode::usage};
}

/// A word that means nothing here: an option, or a command or file too many.
Answer unknown_word(const std::string& word, const CommandSpec* command) {
  const std::string more = command == nullptr
                               ? "`kiln --help` lists the commands"
                               : "`kiln " + std::string(command->name) + " --help` lists the options";
  std::vector<std::string> names;
  const bool option = word.starts_with('-');
  if (option) {
    const auto collect = [&](const std::vector<OptionSpec>& options) {
      for (const OptionSpec& known : options)
        for (const std::string& name : split(known.names, ',')) names.push_back(name);
    };
    collect(common_options());
    if (command != nullptr) collect(command->options);
  } else if (command == nullptr) {
    for (const CommandSpec& known : command_table()) names.emplace_back(known.name);
  }
  const char* const kind = option ? "option" : command == nullptr ? "command" : "argument";
  const std::vector<std::string> near = near_names(word.substr(0, word.find('=')), names);
  const std::string help =
      near.empty() ? more : std::string(kind) + " with a similar name: `" + near.front() + "`";
  return usage_error("unknown " + std::string(kind) + " `" + word + "`", help);
}

/// Digits of a run's id; a file of such a name is meant by `./cafe`.
bool is_run(const std::string& word) {
  return word.size() >= 4 && word.size() <= 12 &&
         word.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// Takes the file out of the words: no node and no daemon has a name like it. A second one comes back.
std::string take_file(Arguments& arguments) {
  const auto is_file = [](const std::string& word) {
    return word.ends_with(".toml") || word.find('/') != std::string::npos;
  };
  const auto found = std::ranges::find_if(arguments.words, is_file);
  if (found == arguments.words.end()) return "";
  arguments.file = *found;
  arguments.words.erase(found);
  const auto more = std::ranges::find_if(arguments.words, is_file);
  return more == arguments.words.end() ? "" : *more;
}

std::variant<Arguments, Answer> answer_for(const CLI::App& app, Arguments arguments) {
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  const CommandSpec* const command = chosen.empty() ? nullptr : find_command(chosen.front()->get_name());
  if (const std::vector<std::string> unknown = app.remaining(true); !unknown.empty())
    return unknown_word(unknown.front(), command);
  if (arguments.help) return Answer{command == nullptr ? help_text() : help_text(*command)};
  if (command == nullptr) return Answer{help_text(), true, ExitCode::usage};
  if (*command->words != '\0')
    if (const std::string more = take_file(arguments); !more.empty()) return unknown_word(more, command);
  if (command->takes_step && arguments.step.empty())
    return usage_error("STEP is missing", "`kiln explain --help` tells more");
  if (command->needs_database && !arguments.database)
    return usage_error("--db is missing", "--db nb or --db sb says which database is meant");
  if (*command->verbs != '\0') {
    const std::vector<std::string> verbs = split(command->verbs, '|');
    if (std::ranges::find(verbs, arguments.word) == verbs.end())
      return usage_error('`' + std::string(command->name) + "` wants one of " + join(verbs, ", "),
                         "`kiln " + std::string(command->name) + " --help` tells more");
  }
  if (command->takes_backup && arguments.backup.empty())
    return usage_error("DIR is missing", "`kiln restore --help` tells more");
  if (command->takes_run && arguments.run.empty() && is_run(arguments.file))
    arguments.run = std::exchange(arguments.file, Arguments{}.file);
  if (!arguments.run.empty() && !is_run(arguments.run)) return unknown_word(arguments.run, command);
  arguments.command = command->command;
  return arguments;
}

}  // namespace

std::variant<Arguments, Answer> parse_arguments(const std::vector<std::string>& words) {
  Arguments arguments;
  CLI::App app("", "kiln");
  app.set_help_flag();
  app.allow_extras();
  app.require_subcommand(0, 1);
  add_options(app, common_options(), arguments);
  for (const CommandSpec& command : command_table()) {
    CLI::App* const sub = app.add_subcommand(command.name);
    sub->set_help_flag();
    sub->allow_extras();
    sub->fallthrough();
    add_options(*sub, command.options, arguments);
    if (command.takes_step) sub->add_option("STEP", arguments.step);
    if (*command.verbs != '\0') sub->add_option("VERB", arguments.word);
    if (command.takes_backup) sub->add_option("DIR", arguments.backup);
    if (*command.words != '\0') sub->add_option(command.words, arguments.words);
    if (command.takes_file && *command.words == '\0') sub->add_option("FILE", arguments.file);
    if (command.takes_files) sub->add_option("FILE", arguments.files);
    if (command.takes_run) sub->add_option("RUN", arguments.run);
    if (*command.word != '\0') sub->add_option(command.word, arguments.word);
  }
  std::vector<std::string> reversed(words.rbegin(), words.rend());  // as CLI11 wants them
  try {
    app.parse(reversed);
  } catch (const CLI::ParseError& error) {
    return usage_error(error.what(), "`kiln --help` lists commands and options");
  }
  return answer_for(app, std::move(arguments));
}

}  // namespace kiln::cli
