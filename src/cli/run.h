#pragma once

#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "cli/world.h"

namespace kiln::cli {

/// Runs one command line (without the program's name) in `world`.
ExitCode run(const std::vector<std::string>& words, World& world);

}  // namespace kiln::cli
