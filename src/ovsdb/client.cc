#include "ovsdb/client.h"

#include <chrono>
#include <nlohmann/json.hpp>

#include "ovsdb/framing.h"
#include "ovsdb/json.h"
#include "ovsdb/reply.h"
#include "ovsdb/stream.h"

namespace kiln::ovsdb {
namespace {

using nlohmann::json;

/// Time that is left of a call.
class Deadline {
 public:
  explicit Deadline(Duration timeout) : end_(std::chrono::steady_clock::now() + timeout) {}
  Duration left() const {
    const auto left = std::chrono::duration_cast<Duration>(end_ - std::chrono::steady_clock::now());
    return std::max(left, Duration{0});
  }

 private:
  std::chrono::steady_clock::time_point end_;
};

class StreamClient : public Client {
 public:
  explicit StreamClient(std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {}

  Result<std::vector<std::string>> list_databases(Duration timeout) override {
    KILN_TRY_ASSIGN(const std::string answer, call("list_dbs", json::array(), Deadline(timeout)));
    return read_names(answer);
  }

  Result<Schema> get_schema(const std::string& database, Duration timeout) override {
    return get_schema(database, Deadline(timeout));
  }

  Result<DatabaseStatus> status(const std::string& database, Duration timeout) override {
    const Transaction transaction{Select{"Database", {{"name", "==", Value(database)}}, {}}};
    KILN_TRY_ASSIGN(const auto results, transact("_Server", transaction, timeout));
    counters_.transactions--;  // a look, not a change
    if (results.front().rows.empty()) return fail(ErrorCode::not_found, "the server does not have " + database);
    const Row& row = results.front().rows.front();
    DatabaseStatus status;
    status.name = database;
    status.model = column(row, "model").as_string().value_or("");
    status.connected = column(row, "connected").as_bool().value_or(false);
    status.leader = column(row, "leader").as_bool().value_or(false);
    if (const auto cid = column(row, "cid").as_uuid()) status.cluster_id = cid->text();
    if (const auto sid = column(row, "sid").as_uuid()) status.server_id = sid->text();
    status.index = column(row, "index").as_integer().value_or(0);
    if (const auto schema = column(row, "schema").as_string()) status.schema_version = schema_version_of(*schema);
    return status;
  }

  Result<Snapshot> read(const std::string& database, const TableColumns& columns, Duration timeout) override {
    const Deadline deadline(timeout);
    KILN_TRY_ASSIGN(const Schema schema, get_schema(database, deadline));
    const json requests = monitor_requests(columns, schema);
    const std::string monitor_id = "kiln-" + std::to_string(next_id_);
    static const std::string kNoTransaction = "00000000-0000-0000-0000-000000000000";
    auto answer = call("monitor_cond_since", {database, monitor_id, requests, kNoTransaction}, deadline);
    auto snapshot = answer ? read_snapshot(*answer, true) : Result<Snapshot>(std::unexpected(answer.error()));
    if (unknown_method(answer)) {
      answer = call("monitor_cond", {database, monitor_id, requests}, deadline);
      if (answer) snapshot = read_snapshot(*answer, false);
    }
    if (unknown_method(answer)) {
      answer = call("monitor", {database, monitor_id, requests}, deadline);
      if (answer) snapshot = read_monitor(*answer);
    }
    if (!answer) return std::unexpected(answer.error());
    if (!snapshot) return snapshot;
    KILN_TRY(call("monitor_cancel", {monitor_id}, deadline));
    return snapshot;
  }

  Result<std::vector<OperationResult>> transact(const std::string& database, const Transaction& transaction,
                                                Duration timeout) override {
    json parameters = json::array({database});
    for (const Operation& operation : transaction) parameters.push_back(to_json(operation));
    ++counters_.transactions;
    KILN_TRY_ASSIGN(const std::string answer, call("transact", parameters, Deadline(timeout)));
    return read_results(answer, transaction);
  }

  Counters counters() const override { return counters_; }

 private:
  static bool unknown_method(const Result<std::string>& answer) {
    return !answer && answer.error().message().find("unknown method") != std::string::npos;
  }

  Result<Schema> get_schema(const std::string& database, const Deadline& deadline) {
    const auto kept = schemas_.find(database);
    if (kept != schemas_.end()) return kept->second;
    auto answer = call("get_schema", {database}, deadline);
    if (!answer && answer.error().code() == ErrorCode::failed)
      return fail(ErrorCode::not_found, "the server does not have " + database);
    if (!answer) return std::unexpected(answer.error());
    KILN_TRY_ASSIGN(Schema schema, read_schema(*answer));
    return schemas_.emplace(database, std::move(schema)).first->second;
  }

  /// Only tables and columns that the live schema has: an older database simply lacks the others.
  static json monitor_requests(const TableColumns& columns, const Schema& schema) {
    json requests = json::object();
    for (const auto& [table, names] : columns) {
      const auto known = schema.tables.find(table);
      if (known == schema.tables.end()) continue;
      json request = json::object();
      if (!names.empty()) {
        request["columns"] = json::array();
        for (const std::string& name : names)
          if (known->second.contains(name)) request["columns"].push_back(name);
      }
      requests[table] = json::array({std::move(request)});
    }
    return requests;
  }

  /// Sends a request and waits for the answer with its id; answers the server's echoes on the way.
  Result<std::string> call(const std::string& method, const json& parameters, const Deadline& deadline) {
    const std::string id = std::to_string(next_id_++);
    const json request{{"id", next_id_ - 1}, {"method", method}, {"params", parameters}};
    KILN_TRY(send(request.dump(-1, ' ', false, json::error_handler_t::replace), deadline));
    for (;;) {
      KILN_TRY_ASSIGN(std::string message, next_message(deadline));
      KILN_TRY_ASSIGN(const Envelope envelope, read_envelope(message));
      if (envelope.method == "echo") {
        KILN_TRY(answer_echo(message, deadline));
        continue;
      }
      if (!envelope.method.empty() || envelope.id != id) continue;  // a notification, or of an older call
      if (envelope.error) return fail(ErrorCode::failed, method + ": " + envelope.error_text);
      return message;
    }
  }

  Result<> answer_echo(const std::string& message, const Deadline& deadline) {
    const json echo = json::parse(message, nullptr, false);
    if (!echo.is_object()) return fail(ErrorCode::malformed, "an echo request is not JSON");
    const json answer{{"id", echo.value("id", json())}, {"result", echo.value("params", json::array())}, {"error", nullptr}};
    return send(answer.dump(), deadline);
  }

  Result<> send(const std::string& text, const Deadline& deadline) {
    counters_.bytes_written += text.size();
    return stream_->write(text, deadline.left());
  }

  Result<std::string> next_message(const Deadline& deadline) {
    for (;;) {
      const Framing::State state = framing_.scan(buffer_);
      if (state == Framing::State::malformed) return fail(ErrorCode::malformed, "the server did not send JSON-RPC");
      if (state == Framing::State::complete) {
        const std::size_t length = framing_.length();
        std::string rest = buffer_.substr(length);
        buffer_.resize(length);
        std::string message = std::exchange(buffer_, std::move(rest));
        framing_.reset();
        return message;
      }
      KILN_TRY_ASSIGN(const std::size_t count, stream_->read_some(buffer_, deadline.left()));
      counters_.bytes_read += count;
    }
  }

  std::unique_ptr<Stream> stream_;
  std::string buffer_;
  Framing framing_;
  std::int64_t next_id_ = 1;
  std::map<std::string, Schema> schemas_;
  Counters counters_;
};

}  // namespace

Result<std::unique_ptr<Client>> Client::connect(const std::string& unix_socket, Duration timeout) {
  KILN_TRY_ASSIGN(auto stream, Stream::connect(unix_socket, timeout));
  return std::make_unique<StreamClient>(std::move(stream));
}

Result<std::unique_ptr<Client>> Client::adopt(int descriptor) {
  KILN_TRY_ASSIGN(auto stream, Stream::adopt(descriptor));
  return std::make_unique<StreamClient>(std::move(stream));
}

}  // namespace kiln::ovsdb
