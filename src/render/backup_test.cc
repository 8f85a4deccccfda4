#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "render/backup_text.h"
#include "render/golden_for_test.h"
#include "render/json_text.h"

namespace kiln::render {
namespace {

engine::Backup backup() {
  engine::Backup backup{.folder = "backups/edge-20261121T213000Z",
                        .cluster = "edge",
                        .time = "2026-11-21T21:30:00Z",
                        .databases = {}};
  for (const Database database : {Database::northbound, Database::southbound})
    backup.databases.push_back({.database = database,
                                .file = std::string(schema_name(database)) + ".db",
                                .schema_version = database == Database::northbound ? "7.11.0" : "20.41.0",
                                .cluster_id = "d983a422-37ee-48a3-9aa9-06cd97013f56",
                                .member = "n1",
                                .term = 3,
                                .index = 4711,
                                .bytes = database == Database::northbound ? 19148 : 340'200'000,
                                .sha256 = std::string(64, 'a')});
  return backup;
}

TEST(BackupText, tells_what_is_where) {
  expect_golden("cli/backup/taken.txt", backup_text(backup(), {false, true, 80}));
}

TEST(BackupJson, tells_what_is_where) {
  expect_golden("cli/backup/taken.json", json_text(backup_json(backup())));
}

TEST(RestoreText, counts_rows_table_by_table) {
  engine::RestorePlan restore;
  restore.tables[Database::northbound] = {
      {"ACL", {.inserted = 0, .updated = 0, .deleted = 3}},
      {"Logical_Switch_Port", {.inserted = 200, .updated = 1, .deleted = 0}}};
  restore.tables[Database::southbound] = {{"Port_Binding", {.inserted = 12, .updated = 0, .deleted = 12}}};
  expect_golden("cli/backup/restore.txt", restore_text(backup(), restore, {false, true, 80}));
}

TEST(BytesText, is_short) {
  EXPECT_EQ(bytes_text(0), "0 B");
  EXPECT_EQ(bytes_text(999), "999 B");
  EXPECT_EQ(bytes_text(1000), "1.0 kB");
  EXPECT_EQ(bytes_text(999'949), "999.9 kB");
  EXPECT_EQ(bytes_text(999'999), "1.0 MB");
  EXPECT_EQ(bytes_text(12'345'678'901'234), "12345.7 GB");
}

}  // namespace
}  // namespace kiln::render
