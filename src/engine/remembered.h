#pragma once

#include <map>
#include <set>
#include <string>

#include "engine/journal_read.h"
#include "model/database.h"

namespace kiln::engine {

/// The nodes that became members of each clustered database and were not asked to leave it again, by what the
/// runs say. One that a killed run may have made is among them.
std::map<Database, std::set<std::string>> remembered_members(const PastRuns& past);

}  // namespace kiln::engine
