#pragma once

#include <string>

#include "cli/options.h"

namespace kiln::cli {

/// "kiln plan [options] [FILE]"
std::string usage_of(const CommandSpec& command);

/// What `kiln --help` prints.
std::string help_text();

/// What `kiln <command> --help` prints.
std::string help_text(const CommandSpec& command);

}  // namespace kiln::cli
