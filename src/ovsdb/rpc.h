#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "ovsdb/deadline.h"
#include "ovsdb/framing.h"
#include "ovsdb/reply.h"
#include "ovsdb/stream.h"

namespace kiln::ovsdb {

/// JSON-RPC 1.0 over a stream, one request at a time (RFC 7047, 4). While it waits it answers the server's
/// echo requests, and drops notifications and answers to other requests. After its first error with the
/// stream every call gives the same error.
class Rpc {
 public:
  explicit Rpc(std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {}

  /// The answer with this request's id: the result, or the server's own error in `Message::error`.
  /// failed, with nothing sent, when `parameters` hold text that is not UTF-8.
  Result<Message> call(const std::string& method, const nlohmann::json& parameters, const Deadline& deadline);

  std::uint64_t bytes_written() const { return bytes_written_; }
  std::uint64_t bytes_read() const { return bytes_read_; }

 private:
  Result<Message> converse(const std::string& request, const std::string& id, const Deadline& deadline);
  Result<> send(const std::string& text, const Deadline& deadline);
  Result<Message> next_message(const Deadline& deadline);

  std::unique_ptr<Stream> stream_;
  Framing framing_;
  std::string_view unread_;  ///< in the stream's buffer
  std::int64_t next_id_ = 1;
  std::optional<Error> broken_;
  std::uint64_t bytes_written_ = 0;
  std::uint64_t bytes_read_ = 0;
};

}  // namespace kiln::ovsdb
