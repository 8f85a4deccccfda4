#pragma once

#include <string>

#include "cli/init_answers.h"
#include "engine/import.h"

namespace kiln::cli {

/// The file that says what was imported: only keys that do not hold their default, and a comment wherever
/// something was guessed, or stays outside of it. `ssh`: how the hosts are reached.
std::string import_text(const engine::Imported& imported, const InitAnswers& ssh);

}  // namespace kiln::cli
