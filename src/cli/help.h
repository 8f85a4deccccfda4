#pragma once

#include <string>

#include "cli/options.h"

namespace kiln::cli {

/// What `kiln --help` prints.
std::string help_text();

/// What `kiln <command> --help` prints.
std::string help_text(const CommandSpec& command);

}  // namespace kiln::cli
