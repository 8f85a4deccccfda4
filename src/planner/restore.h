#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "model/database.h"
#include "ovsdb/operation.h"
#include "ovsdb/standalone.h"

namespace kiln::planner {

/// What one table loses and gets back.
struct RowsRestored {
  std::size_t inserted = 0;
  std::size_t updated = 0;
  std::size_t deleted = 0;
  bool operator==(const RowsRestored&) const = default;
};

/// What makes the rows of a database those of a backup: rows that are as they were are not touched, those
/// that are gone come back under their old uuids, and those that are new go.
struct Restore {
  ovsdb::Transaction transaction;              ///< empty: nothing differs
  std::map<std::string, RowsRestored> tables;  ///< that differ
};

/// `now`: every row of every table of `backup.defaults`. Left alone in rows that are still there: counters
/// and states that OVN's own daemons write (ovn-nb(5)), and kiln's lease, as they tell of the present.
Restore restore_rows(Database database, const ovsdb::Standalone& backup, const ovsdb::Tables& now);

}  // namespace kiln::planner
