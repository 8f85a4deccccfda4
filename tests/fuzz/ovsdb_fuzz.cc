// Bytes of a database server: messages are the same however the stream was cut, whatever reads one gives a
// value or says what it expected, and what was read is the same after it was written and read again.

#include <nlohmann/json.hpp>

#include <algorithm>

#include "base/assert.h"
#include "fuzz.h"
#include "ovsdb/framing.h"
#include "ovsdb/json.h"
#include "ovsdb/reply.h"
#include "ovsdb/rpc.h"

namespace kiln::ovsdb {
namespace {

using nlohmann::json;

/// Serves the bytes, `step` at a time, then ends.
class Bytes : public Stream {
 public:
  Bytes(std::string_view bytes, std::size_t step) : bytes_(bytes), step_(step) {}
  Result<> write(std::string_view, const Deadline&) override { return {}; }
  Result<std::string_view> read_some(const Deadline&) override {
    if (bytes_.empty()) return fail(ErrorCode::unreachable, "the stream has ended");
    const std::string_view some = bytes_.substr(0, step_);
    bytes_.remove_prefix(some.size());
    return some;
  }

 private:
  std::string_view bytes_;
  std::size_t step_;
};

struct Cut {
  std::vector<std::string> messages;
  bool malformed = false;
  bool operator==(const Cut&) const = default;
};

Cut cut(std::string_view bytes, std::size_t step) {
  Cut result;
  Framing framing;
  while (!bytes.empty() && !result.malformed) {
    std::string_view some = bytes.substr(0, step);
    bytes.remove_prefix(some.size());
    while (!some.empty() && !result.malformed) {
      auto message = framing.take(some);
      result.malformed = !message;
      if (message && *message) result.messages.push_back(std::move(**message));
    }
  }
  return result;
}

void check_round_trip(const Value& value) {
  const auto again = value_from_json(to_json(value));
  KILN_ASSERT(again && *again == value);
}

void check_row(const Row& row) {
  for (const auto& [name, value] : row) check_round_trip(value);
}

void check_snapshot(const Result<Snapshot>& snapshot) {
  if (!snapshot) return;
  for (const auto& [name, table] : snapshot->tables)
    for (const auto& [uuid, row] : table) check_row(row);
}

void check_results(const Message& message, std::size_t count) {
  const auto results = message.read_results(Transaction(count, Comment{"fuzz"}));
  if (!results) return;
  KILN_ASSERT(results->size() == count);
  for (const OperationResult& result : *results)
    for (const Row& row : result.rows) check_row(row);
}

/// The same text as a part of a saved plan.
void check_operation(const json& source) {
  const auto operation = operation_from_json(source);
  if (!operation) return;
  const auto again = operation_from_json(to_json(*operation));
  KILN_ASSERT(again && *again == *operation);
}

void check_message(const std::string& text) {
  const auto message = Message::parse(text);
  if (!message) return;
  check_snapshot(message->read_since());
  check_snapshot(message->read_monitor_cond());
  check_snapshot(message->read_monitor());
  for (const std::size_t count : {0U, 1U, 2U}) check_results(*message, count);
  static_cast<void>(message->read_schema());
  static_cast<void>(message->read_names());
  static_cast<void>(schema_version_of(text));
  KILN_ASSERT(Message::parse(message->echo_answer()));
  const json parsed = json::parse(text, nullptr, false);
  if (parsed.is_object()) check_operation(parsed);
}

void check_call(std::string_view bytes, std::size_t step) {
  Rpc rpc(std::make_unique<Bytes>(bytes, step));
  const Deadline deadline(Duration{60000});
  const auto answer = rpc.call("list_dbs", json::array(), deadline);
  KILN_ASSERT(!answer || (answer->id() == "1" && answer->method().empty()));
  KILN_ASSERT(rpc.bytes_read() <= bytes.size());
}

}  // namespace
}  // namespace kiln::ovsdb

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kiln::ovsdb;
  const std::string bytes = kiln::fuzz::text_of(data, size);
  const Cut whole = cut(bytes, std::max<std::size_t>(1, size));
  const std::size_t step = 1 + size % 7;
  KILN_ASSERT(cut(bytes, step) == whole);
  for (const std::string& message : whole.messages) check_message(message);
  check_call(bytes, step);
  return 0;
}
