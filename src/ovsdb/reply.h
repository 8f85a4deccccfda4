#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "ovsdb/client.h"

/// What an ovsdb-server sends, read with simdjson (included in reply.cc only). Everything here is a pure
/// function of the bytes; malformed says what was expected.

namespace kiln::ovsdb {

/// The envelope of a message (RFC 7047, 4; JSON-RPC 1.0).
struct Envelope {
  std::string method;           ///< of a request or notification, else ""
  std::string id;               ///< as JSON text; "null" for notifications
  bool error = false;           ///< an answer with an error
  std::string error_text;       ///< `error` and `details` of it
};
Result<Envelope> read_envelope(const std::string& message);

/// `result` of monitor_cond_since: [found, last-txn-id, updates]; of monitor_cond: updates.
Result<Snapshot> read_snapshot(const std::string& message, bool since);
/// `result` of monitor (RFC 7047, 4.1.5): {table: {uuid: {new: row}}}.
Result<Snapshot> read_monitor(const std::string& message);
/// `result` of transact: one for each operation, or the first error, told by index and table.
Result<std::vector<OperationResult>> read_results(const std::string& message, const Transaction& transaction);
Result<Schema> read_schema(const std::string& message);
Result<std::vector<std::string>> read_names(const std::string& message);
/// `version` of a schema's JSON text, or "".
std::string schema_version_of(const std::string& schema_json);

}  // namespace kiln::ovsdb
