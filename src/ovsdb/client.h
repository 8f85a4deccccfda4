#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/seams.h"
#include "ovsdb/operation.h"
#include "ovsdb/value.h"

namespace kiln::ovsdb {

/// Type of a column, as far as kiln needs it.
struct ColumnSchema {
  bool is_map = false;
  bool ephemeral = false;
  bool operator==(const ColumnSchema&) const = default;
};
struct Schema {
  std::string name;
  std::string version;  ///< "7.11.0"
  std::map<std::string, std::map<std::string, ColumnSchema>> tables;
  bool operator==(const Schema&) const = default;
};

/// Row of `_Server.Database` for one database (ovsdb-server(5)).
struct DatabaseStatus {
  std::string name;
  std::string model;  ///< "standalone", "clustered", "relay"
  bool connected = false;
  bool leader = false;
  std::string cluster_id;      ///< empty unless clustered, and while the member has not joined
  std::string server_id;       ///< empty unless clustered
  std::int64_t index = 0;      ///< RAFT log index
  std::string schema_version;  ///< of the live schema; empty while not connected
  bool operator==(const DatabaseStatus&) const = default;
};

/// Which columns of which tables to read; an empty list means every column.
using TableColumns = std::map<std::string, std::vector<std::string>>;

/// Tables as they were at one moment. Columns that hold their default are left out by the server (not by one
/// that knows neither monitor_cond_since nor monitor_cond), as are tables without rows.
struct Snapshot {
  Tables tables;
  std::string last_transaction_id;  ///< for the next monitor_cond_since, or empty
  bool operator==(const Snapshot&) const = default;
};

/// One connection to an ovsdb-server over a stream that is already open (a unix socket, or the two ends of
/// a relay). Calls block until answered or `timeout` has passed; echo requests of the server are answered
/// while waiting (RFC 7047, 4.1.11). After an error of code unreachable, timed_out or malformed the
/// connection is of no more use. One thread at a time.
class Client {
 public:
  /// Connects to a unix socket. unreachable when nobody listens there or there is no socket, denied when it
  /// may not be opened.
  static Result<std::unique_ptr<Client>> connect(const std::string& unix_socket, Duration timeout);
  /// Takes over a connected stream socket (or one end of a socketpair) and closes it in the end.
  static Result<std::unique_ptr<Client>> adopt(int descriptor);

  virtual ~Client() = default;

  /// From now on transact() ends with timed_out soon after this was set; whether it happened is not known. It
  /// outlives the client; null: never.
  virtual void give_up_on(const std::atomic<bool>* given_up) = 0;

  virtual Result<std::vector<std::string>> list_databases(Duration timeout) = 0;
  /// not_found when the server has no such database; unreachable when it has one that has not joined its
  /// cluster yet.
  virtual Result<Schema> get_schema(const std::string& database, Duration timeout) = 0;
  /// From `_Server`; works on members that are not connected to their cluster. not_found when not served.
  virtual Result<DatabaseStatus> status(const std::string& database, Duration timeout) = 0;
  /// monitor_cond_since with no condition, one atomic dump, then cancelled (ovsdb-server(7)); falls back to
  /// monitor_cond, then to monitor, where a server does not know the method. Tables and columns that the
  /// live schema does not have are left out of the request.
  virtual Result<Snapshot> read(const std::string& database, const TableColumns& columns,
                                Duration timeout) = 0;
  /// All or nothing. precondition when a Wait did not hold, an Insert's uuid exists already, or a
  /// constraint was violated; not_found when a named uuid is missing; failed when a text holds a NUL or is
  /// not UTF-8 (nothing is sent then); the text names the operation by index, table and the server's words.
  virtual Result<std::vector<OperationResult>> transact(const std::string& database,
                                                        const Transaction& transaction, Duration timeout) = 0;

  /// Bytes written and read, and transact requests sent, since the start.
  struct Counters {
    std::uint64_t bytes_written = 0;
    std::uint64_t bytes_read = 0;
    std::uint64_t transactions = 0;
  };
  virtual Counters counters() const = 0;
};

}  // namespace kiln::ovsdb
