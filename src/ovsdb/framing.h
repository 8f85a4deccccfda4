#pragma once

#include <cstddef>
#include <string_view>

namespace kiln::ovsdb {

/// Finds the ends of JSON objects that follow each other with nothing between (RFC 7047, 4). It looks at each
/// byte once, however the stream is cut.
class Framing {
 public:
  enum class State { incomplete, complete, malformed };

  /// Goes on from where it stopped; `buffer` holds all bytes of the current message so far.
  State scan(std::string_view buffer);
  /// After complete: the length of the message. The rest of the buffer is the next one.
  std::size_t length() const { return at_; }
  /// For the next message: `buffer` then begins with it.
  void reset() { *this = Framing(); }

 private:
  static constexpr int kDeepest = 1000;  ///< as ovsdb-server's own limit
  std::size_t at_ = 0;
  int depth_ = 0;
  bool in_string_ = false;
  bool escaped_ = false;
};

}  // namespace kiln::ovsdb
