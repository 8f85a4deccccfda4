#include "ovsdb/rpc.h"

#include <nlohmann/json.hpp>

namespace kiln::ovsdb {
namespace {

using nlohmann::json;

/// The request as text. The parameters of a transaction are large: they are written where they are, not
/// copied into an object around them. nlohmann throws on text that is not UTF-8; replacing it would write
/// something else than was planned.
Result<std::string> encode(const std::string& id, const std::string& method, const json& parameters) try {
  return R"({"id":)" + id + R"(,"method":")" + method + R"(","params":)" + parameters.dump() + "}";
} catch (const json::exception&) {
  return fail(ErrorCode::failed, "a text that is to be sent to the database is not UTF-8");
}

}  // namespace

Result<Message> Rpc::call(const std::string& method, const json& parameters, const Deadline& deadline) {
  if (broken_) return std::unexpected(*broken_);
  const std::string id = std::to_string(next_id_);
  KILN_TRY_ASSIGN(const std::string request, encode(id, method, parameters));
  ++next_id_;
  auto answer = converse(request, id, deadline);
  if (!answer) broken_ = answer.error();
  return answer;
}

Result<Message> Rpc::converse(const std::string& request, const std::string& id, const Deadline& deadline) {
  KILN_TRY(send(request, deadline));
  for (;;) {
    KILN_TRY_ASSIGN(Message message, next_message(deadline));
    if (message.method() == "echo") {
      KILN_TRY(send(message.echo_answer(), deadline));
      continue;
    }
    if (message.method().empty() && message.id() == id) return message;
  }
}

Result<> Rpc::send(const std::string& text, const Deadline& deadline) {
  bytes_written_ += text.size();
  return stream_->write(text, deadline);
}

Result<Message> Rpc::next_message(const Deadline& deadline) {
  for (;;) {
    KILN_TRY_ASSIGN(const std::optional<std::string> text, framing_.take(unread_));
    if (text) return Message::parse(*text);
    KILN_TRY_ASSIGN(unread_, stream_->read_some(deadline));
    bytes_read_ += unread_.size();
  }
}

}  // namespace kiln::ovsdb
