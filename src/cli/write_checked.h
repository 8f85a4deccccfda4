#pragma once

#include <string>

#include "cli/screen.h"
#include "cli/world.h"

namespace kiln::cli {

/// Writes a file of kiln's that was made here, laid out, unless it is not valid: what is wrong with it is
/// shown.
/// `what`: that the text was made from, "the answers".
ExitCode write_checked(const std::string& file, const std::string& text, const std::string& what,
                       World& world, Screen& screen);

}  // namespace kiln::cli
