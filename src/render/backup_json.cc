#include <nlohmann/json.hpp>

#include "render/backup_text.h"

namespace kiln::render {

nlohmann::json backup_json(const engine::Backup& backup) {
  nlohmann::json databases = nlohmann::json::array();
  for (const engine::BackedUp& copy : backup.databases) databases.push_back(engine::to_json(copy));
  return {{"format_version", "1.0"},
          {"folder", backup.folder},
          {"cluster", backup.cluster},
          {"time", backup.time},
          {"databases", std::move(databases)}};
}

}  // namespace kiln::render
