#pragma once

#include "base/error.h"
#include "ovsdb/operation.h"

namespace kiln::ovsdb {

/// What ovsdb-server would take badly without saying so, found before anything is sent:
/// not_found: a NamedUuid that no Insert of the transaction introduces. In a weak reference the server
/// commits
///   such a transaction and drops the reference without a word (seen on 3.1.0).
/// failed: text with a NUL, for which the server closes the connection instead of answering.
Result<> check_sendable(const Transaction& transaction);

}  // namespace kiln::ovsdb
