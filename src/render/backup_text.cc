#include "render/backup_text.h"

#include <fmt/format.h>

#include "base/text.h"
#include "render/line.h"
#include "render/table.h"

namespace kiln::render {

std::string bytes_text(std::int64_t bytes) {
  constexpr const char* kUnits[] = {"kB", "MB", "GB"};
  if (bytes < 1000) return fmt::format("{} B", bytes);
  double amount = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  for (; amount >= 999.95 && unit < 2; ++unit) amount /= 1000;
  return fmt::format("{:.1f} {}", amount, kUnits[unit]);
}

std::string backup_text(const engine::Backup& backup, const Style& style) {
  Table table({"DATABASE", "SCHEMA", "SIZE", "FROM", "TERM", "INDEX"});
  for (const engine::BackedUp& copy : backup.databases)
    table.row({std::string(schema_name(copy.database)), copy.schema_version, bytes_text(copy.bytes),
               copy.member, std::to_string(copy.term), std::to_string(copy.index)});
  return table.text(style, 0) + '\n' +
         hanging("", "both databases of " + backup.cluster + " are in " + backup.folder, style, Tone::good);
}

std::string restore_text(const engine::Backup& backup, const engine::RestorePlan& restore,
                         const Style& style) {
  std::string text = fmt::format("{} as it was at {}\n", backup.cluster, backup.time);
  for (const auto& [database, tables] : restore.tables) {
    text += '\n' + style.paint(Tone::strong, schema_name(database)) + '\n';
    Table table({"TABLE", "ROWS BACK", "CHANGED", "DELETED"});
    for (const auto& [name, rows] : tables)
      table.row({name,
                 std::to_string(rows.inserted),
                 std::to_string(rows.updated),
                 {std::to_string(rows.deleted), rows.deleted > 0 ? Tone::warn : Tone::plain}});
    text += table.text(style, 2);
  }
  return text;
}

}  // namespace kiln::render
