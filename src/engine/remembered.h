#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "engine/journal_read.h"
#include "model/database.h"

namespace kiln::engine {

/// The nodes that became members of each clustered database and were not asked to leave it again, by what the
/// runs say. One that a killed run may have made is among them.
std::map<Database, std::set<std::string>> remembered_members(const PastRuns& past);

/// How the node at this address was reached, by the last run whose file had it: by its name, or else by
/// another; "192.0.2.14 port=2222". Nothing where no file had the address.
std::optional<std::string> remembered_way(const PastRuns& past, const std::string& node,
                                          const std::string& address);

}  // namespace kiln::engine
