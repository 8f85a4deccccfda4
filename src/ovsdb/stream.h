#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/seams.h"

namespace kiln::ovsdb {

/// A connected stream socket with deadlines. After any error it is of no more use.
class Stream {
 public:
  /// Connects to a unix socket; unreachable when nobody listens, not_found when there is no socket.
  static Result<std::unique_ptr<Stream>> connect(const std::string& unix_socket, Duration timeout);
  /// Takes over a connected descriptor.
  static Result<std::unique_ptr<Stream>> adopt(int descriptor);
  virtual ~Stream() = default;

  virtual Result<> write(std::string_view bytes, Duration timeout) = 0;
  /// Appends what has come, at least one byte. unreachable at the end of the stream.
  virtual Result<std::size_t> read_some(std::string& buffer, Duration timeout) = 0;
};

}  // namespace kiln::ovsdb
