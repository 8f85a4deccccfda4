#include <nlohmann/json.hpp>

#include "render/backup_text.h"

namespace kiln::render {

nlohmann::json backup_json(const engine::Backup& backup) {
  nlohmann::json databases = nlohmann::json::array();
  for (const engine::BackedUp& copy : backup.databases)
    databases.push_back({{"database", schema_name(copy.database)},
                         {"file", copy.file},
                         {"schema_version", copy.schema_version},
                         {"cluster_id", copy.cluster_id},
                         {"member", copy.member},
                         {"term", copy.term},
                         {"index", copy.index},
                         {"bytes", copy.bytes},
                         {"sha256", copy.sha256}});
  return {{"format_version", "1.0"},
          {"folder", backup.folder},
          {"cluster", backup.cluster},
          {"time", backup.time},
          {"databases", std::move(databases)}};
}

}  // namespace kiln::render
