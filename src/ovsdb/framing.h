#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace kiln::ovsdb {

/// Cuts a stream into JSON objects, which follow each other with nothing between (RFC 7047, 4). It looks at
/// each byte once and copies it once, however the stream arrives. It does not check that what is inside is
/// JSON: the parser does.
///
///     {  depth > 0           " in_string     \ escaped
///     }  depth == 0: whole   " out again     any byte: out again
class Framing {
 public:
  /// Takes bytes from the front of `bytes`: up to the end of the current message, which is returned, or all
  /// of them when it goes on. malformed when a message does not begin with `{` or is nested deeper than 1000
  /// (ovsdb-server's own limit); the framing is then of no more use.
  Result<std::optional<std::string>> take(std::string_view& bytes);

 private:
  enum class Found { end_of_message, end_of_bytes, wrong_start, too_deep };

  /// Moves `at` over the bytes that it has judged.
  Found scan(std::string_view bytes, std::size_t& at);

  std::string message_;  ///< its beginning, as far as it has come
  int depth_ = 0;
  bool in_string_ = false;
  bool escaped_ = false;
};

}  // namespace kiln::ovsdb
