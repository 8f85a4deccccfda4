#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "ovsdb/client.h"
#include "ovsdb/server_error.h"

/// What an ovsdb-server sends, read with simdjson (included in reply.cc only). All of it is a pure function
/// of the bytes; malformed says what was expected.

namespace kiln::ovsdb {

/// One message of the server, parsed once (RFC 7047, 4; JSON-RPC 1.0).
class Message {
 public:
  /// malformed unless it is a JSON object in UTF-8.
  static Result<Message> parse(const std::string& text);
  Message(Message&& other) noexcept;
  Message& operator=(Message&& other) noexcept;
  ~Message();

  const std::string& method() const { return method_; }  ///< of a request or notification; "" in an answer
  const std::string& id() const { return id_; }          ///< as JSON text; "null" in a notification
  const std::optional<ServerError>& error() const { return error_; }  ///< of an answer

  /// The answer to this `echo` request: its params sent back (RFC 7047, 4.1.11).
  std::string echo_answer() const;

  // `result` of the method that was called:
  /// monitor_cond_since: [found, last-txn-id, updates2] (ovsdb-server(7), 4.1.15).
  Result<Snapshot> read_since() const;
  /// monitor_cond: updates2 (ovsdb-server(7), 4.1.12).
  Result<Snapshot> read_monitor_cond() const;
  /// monitor: table-updates (RFC 7047, 4.1.5).
  Result<Snapshot> read_monitor() const;
  /// transact: one for each operation, or the first error, told by the operation's index and table.
  Result<std::vector<OperationResult>> read_results(const Transaction& transaction) const;
  /// get_schema: a database-schema (RFC 7047, 3.2).
  Result<Schema> read_schema() const;
  /// list_dbs.
  Result<std::vector<std::string>> read_names() const;

 private:
  struct Document;
  explicit Message(std::unique_ptr<Document> document);

  std::unique_ptr<Document> document_;
  std::string method_;
  std::string id_;
  std::optional<ServerError> error_;
};

/// `version` of a schema's JSON text, or "".
std::string schema_version_of(const std::string& schema_json);

}  // namespace kiln::ovsdb
