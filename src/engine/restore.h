#pragma once

#include <map>
#include <vector>

#include "engine/backup.h"
#include "planner/restore.h"

/// The rows of a backup into the databases that are running: the differences in one transaction for each.

namespace kiln::engine {

/// What differs between backup and databases, and the steps that bring the backup's rows back.
struct RestorePlan {
  Plan plan;
  std::map<Database, std::map<std::string, planner::RowsRestored>> tables;  ///< that differ
};

/// `databases`: those to restore, in this order. Refused if the backup does not hold one, is of a newer
/// schema than the one that runs, or no member can be asked. Takes memory for the rows of backup and
/// database.
Result<RestorePlan> plan_restore(const Desired& desired, const Backup& backup,
                                 const std::vector<Database>& databases, const FileIo& files, Seams& seams,
                                 const Limits& limits);

/// Why rows of this schema cannot be put into a database of that one, or "".
std::string why_not_convertible(const std::string& backup_version, const std::string& running_version);

}  // namespace kiln::engine
