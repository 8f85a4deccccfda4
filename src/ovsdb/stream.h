#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "ovsdb/deadline.h"

namespace kiln::ovsdb {

/// A connected stream socket with deadlines. After any error it is of no more use.
class Stream {
 public:
  /// Connects to a unix socket; unreachable when nobody listens there, denied when it may not be opened.
  static Result<std::unique_ptr<Stream>> connect(const std::string& unix_socket, const Deadline& deadline);
  /// Takes over a connected descriptor: closes it in the end, also when this fails.
  static Result<std::unique_ptr<Stream>> adopt(int descriptor);
  virtual ~Stream() = default;

  /// All of `bytes`, or timed_out, or unreachable.
  virtual Result<> write(std::string_view bytes, const Deadline& deadline) = 0;
  /// What has come, at least one byte; it lives until the next call. unreachable at the end of the stream.
  virtual Result<std::string_view> read_some(const Deadline& deadline) = 0;
};

}  // namespace kiln::ovsdb
