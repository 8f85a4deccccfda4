#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "ovsdb/operation.h"

/// A transaction for ovsdb-client(1), and what it prints: where one is sent by a script on the host.

namespace kiln::ovsdb {

/// The argument of `ovsdb-client transact`. Errors as Client::transact.
Result<std::string> transact_argument(const std::string& database, const Transaction& transaction);
/// What it prints. Errors as Client::transact.
Result<std::vector<OperationResult>> read_printed_results(const std::string& printed,
                                                          const Transaction& transaction);

}  // namespace kiln::ovsdb
