#pragma once

#include <string>

#include "cli/options.h"

/// What is made from the table of commands besides `--help`: pages for man(1), completion for shells, and the
/// page of the reference.

namespace kiln::cli {

/// kiln(1), in roff (man(7)).
std::string man_page();
/// kiln-plan(1) and the like.
std::string man_page(const CommandSpec& command);

/// docs/reference/commands.md.
std::string commands_reference();

/// A script for "bash", "zsh" or "fish" that completes commands, options and files; "" for another shell.
std::string completion_script(const std::string& shell);

}  // namespace kiln::cli
