#pragma once

#include <optional>
#include <string>

#include "cli/session.h"
#include "render/saved_plan.h"

namespace kiln::cli {

/// True if the file is there and is a plan that `kiln plan -o` has saved, not TOML.
bool is_saved_plan(const std::string& path, const World& world);

/// The plan in the file; what is wrong with it is shown.
std::optional<render::SavedPlan> load_saved(const std::string& path, World& world, Screen& screen);

/// The file that the plan was made from, as it was then; the one on disk is not read.
std::optional<Wanted> wanted_of(const render::SavedPlan& saved, Screen& screen);

/// Writes a plan down, readable by its owner alone. False: it could not be, and that was said.
bool save_plan(const std::string& path, const render::SavedPlan& saved, World& world, Screen& screen);

}  // namespace kiln::cli
