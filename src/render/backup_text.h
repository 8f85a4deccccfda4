#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "engine/restore.h"
#include "render/style.h"

namespace kiln::render {

/// What was backed up, and where.
std::string backup_text(const engine::Backup& backup, const Style& style);
nlohmann::json backup_json(const engine::Backup& backup);

/// What a restore would change, table by table.
std::string restore_text(const engine::Backup& backup, const engine::RestorePlan& restore,
                         const Style& style);

/// "19.1 kB", "340.2 MB": powers of 1000.
std::string bytes_text(std::int64_t bytes);

}  // namespace kiln::render
