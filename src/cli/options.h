#pragma once

#include <string>
#include <vector>

#include "cli/arguments.h"

/// Every command and option, described once: parsing, help and suggestions come from these tables.

namespace kiln::cli {

struct OptionSpec {
  const char* names;  ///< "-q,--quiet"
  const char* value;  ///< what help calls its value, or "" for a flag
  const char* doc;
  bool Arguments::* flag = nullptr;
  /// For an option with a value: takes it, or says what is wrong with it.
  std::string (*take)(Arguments&, const std::string& value) = nullptr;
  bool repeatable = false;
};

struct CommandSpec {
  Command command;
  const char* name;
  const char* group;    ///< heading in the help
  const char* summary;  ///< one line
  const char* detail;   ///< the rest of its own help
  const char* example;
  bool takes_file;
  std::vector<OptionSpec> options;
  bool takes_step = false;  ///< before the file
  bool takes_run = false;   ///< after or instead of the file, told apart by its form
  const char* word = "";    ///< what help calls the only argument, if it is neither
  bool takes_files = false;
  const char* words = "";     ///< what help calls any number of words before the file, told apart by its form
  bool takes_backup = false;  ///< a folder before the file
  bool needs_database = false;  ///< --db has to be given
  const char* verbs = "";       ///< "status|break": one of them has to come before the file
};

/// In the order of the help; commands of one group follow each other.
const std::vector<CommandSpec>& command_table();
/// Options that every command has.
const std::vector<OptionSpec>& common_options();

/// What a command's exit status means, for help and manuals.
struct ExitMeaning {
  int code;
  const char* meaning;
};
const std::vector<ExitMeaning>& exit_meanings();

/// Null if there is no such command.
const CommandSpec* find_command(const std::string& name);

}  // namespace kiln::cli
