#include "ovsdb/client.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "ovsdb/deadline.h"
#include "ovsdb/json.h"
#include "ovsdb/reply.h"
#include "ovsdb/rpc.h"
#include "ovsdb/sendable.h"
#include "ovsdb/stream.h"

namespace kiln::ovsdb {
namespace {

using nlohmann::json;

/// As ovsdb-server(7), 4.1.15 wants it where there is no earlier read.
constexpr const char* kNoTransaction = "00000000-0000-0000-0000-000000000000";

std::unexpected<Error> refused(const std::string& method, const ServerError& error) {
  return fail(error.code(), method + ": " + error.text());
}

bool unknown_method(const Message& answer) {
  return answer.error() && answer.error()->tag == "unknown method";
}

/// The columns that were asked for, as far as the live schema has them: an older database lacks some. None
/// asked for means all; they are named because the server would add `_version`, which differs each time.
json columns_of(const std::vector<std::string>& wanted, const std::map<std::string, ColumnSchema>& known) {
  json columns = json::array();
  for (const std::string& name : wanted)
    if (known.contains(name)) columns.push_back(name);
  if (wanted.empty())
    for (const auto& [name, column] : known) columns.push_back(name);
  return columns;
}

json monitor_requests(const TableColumns& wanted, const Schema& schema) {
  json requests = json::object();
  for (const auto& [table, columns] : wanted) {
    const auto known = schema.tables.find(table);
    if (known == schema.tables.end()) continue;
    requests[table] = json::array({json::object({{"columns", columns_of(columns, known->second)}})});
  }
  return requests;
}

/// The cluster's id is all zeros in a member that has not joined yet.
std::string known_uuid(const Value& value) {
  const auto uuid = value.as_uuid();
  return uuid && *uuid != Uuid{} ? uuid->text() : std::string();
}

DatabaseStatus status_of(const Row& row) {
  return {.name = column(row, "name").as_string().value_or(""),
          .model = column(row, "model").as_string().value_or(""),
          .connected = column(row, "connected").as_bool().value_or(false),
          .leader = column(row, "leader").as_bool().value_or(false),
          .cluster_id = known_uuid(column(row, "cid")),
          .server_id = known_uuid(column(row, "sid")),
          .index = column(row, "index").as_integer().value_or(0),
          .schema_version = schema_version_of(column(row, "schema").as_string().value_or(""))};
}

class RpcClient : public Client {
 public:
  explicit RpcClient(std::unique_ptr<Stream> stream) : rpc_(std::move(stream)) {}

  Result<std::vector<std::string>> list_databases(Duration timeout) override {
    KILN_TRY_ASSIGN(const Message answer, call("list_dbs", json::array(), Deadline(timeout)));
    return answer.read_names();
  }

  Result<Schema> get_schema(const std::string& database, Duration timeout) override {
    return get_schema(database, Deadline(timeout));
  }

  Result<DatabaseStatus> status(const std::string& database, Duration timeout) override {
    const Transaction look{Select{"Database", {{"name", "==", Value(database)}}, {}}};
    const auto results = run("_Server", look, Deadline(timeout));
    // Not to be mistaken for a database that is not there: this is a server from before OVS 2.9.
    if (!results && results.error().code() == ErrorCode::not_found)
      return fail(ErrorCode::failed, "the server has no database `_Server` to tell its status");
    if (!results) return std::unexpected(results.error());
    const std::vector<Row>& rows = results->front().rows;
    if (rows.empty()) return fail(ErrorCode::not_found, "the server does not have the database " + database);
    return status_of(rows.front());
  }

  Result<Snapshot> read(const std::string& database, const TableColumns& columns, Duration timeout) override {
    const Deadline deadline(timeout);
    KILN_TRY_ASSIGN(const Schema schema, get_schema(database, deadline));
    const json requests = monitor_requests(columns, schema);
    const std::string id = "kiln-" + std::to_string(++monitors_);
    KILN_TRY_ASSIGN(Snapshot snapshot, monitor(json::array({database, id, requests}), deadline));
    KILN_TRY(call("monitor_cancel", json::array({id}), deadline));
    return snapshot;
  }

  Result<std::vector<OperationResult>> transact(const std::string& database, const Transaction& transaction,
                                                Duration timeout) override {
    KILN_TRY(check_sendable(transaction));
    ++transactions_;
    return run(database, transaction, Deadline(timeout, given_up_));
  }

  void give_up_on(const std::atomic<bool>* given_up) override { given_up_ = given_up; }

  Counters counters() const override {
    return {.bytes_written = rpc_.bytes_written(),
            .bytes_read = rpc_.bytes_read(),
            .transactions = transactions_};
  }

 private:
  /// The answer, unless it is an error of the server's.
  Result<Message> call(const std::string& method, const json& parameters, const Deadline& deadline) {
    auto answer = rpc_.call(method, parameters, deadline);
    if (answer && answer->error()) return refused(method, *answer->error());
    return answer;
  }

  /// Asked for each time: a conversion may have changed it since.
  Result<Schema> get_schema(const std::string& database, const Deadline& deadline) {
    KILN_TRY_ASSIGN(const Message answer, call("get_schema", json::array({database}), deadline));
    return answer.read_schema();
  }

  /// By the best method that the server knows.
  Result<Snapshot> monitor(const json& parameters, const Deadline& deadline) {
    json since = parameters;
    since.push_back(kNoTransaction);
    KILN_TRY_ASSIGN(const Message first, rpc_.call("monitor_cond_since", since, deadline));
    if (!first.error()) return first.read_since();
    if (!unknown_method(first)) return refused("monitor_cond_since", *first.error());
    KILN_TRY_ASSIGN(const Message second, rpc_.call("monitor_cond", parameters, deadline));
    if (!second.error()) return second.read_monitor_cond();
    if (!unknown_method(second)) return refused("monitor_cond", *second.error());
    KILN_TRY_ASSIGN(const Message third, call("monitor", parameters, deadline));
    return third.read_monitor();
  }

  Result<std::vector<OperationResult>> run(const std::string& database, const Transaction& transaction,
                                           const Deadline& deadline) {
    json parameters = json::array({database});
    for (const Operation& operation : transaction) parameters.push_back(to_json(operation));
    KILN_TRY_ASSIGN(const Message answer, call("transact", parameters, deadline));
    return answer.read_results(transaction);
  }

  Rpc rpc_;
  const std::atomic<bool>* given_up_ = nullptr;
  std::uint64_t monitors_ = 0;
  std::uint64_t transactions_ = 0;
};

}  // namespace

Result<std::unique_ptr<Client>> Client::connect(const std::string& unix_socket, Duration timeout) {
  KILN_TRY_ASSIGN(auto stream, Stream::connect(unix_socket, Deadline(timeout)));
  return std::make_unique<RpcClient>(std::move(stream));
}

Result<std::unique_ptr<Client>> Client::adopt(int descriptor) {
  KILN_TRY_ASSIGN(auto stream, Stream::adopt(descriptor));
  return std::make_unique<RpcClient>(std::move(stream));
}

}  // namespace kiln::ovsdb
