#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>
#include <string_view>

namespace kiln::ovsdb {

/// The server's end of a socket pair. What it says is said beforehand and waits in the socket, so that no
/// thread is needed: requests have the ids 1, 2, 3, …
class ScriptedServer {
 public:
  ScriptedServer() { EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_.data()), 0); }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;
  ~ScriptedServer() { ::close(ends_[0]); }

  /// The other end, for Stream::adopt or Client::adopt, which close it.
  int client_end() const { return ends_[1]; }

  /// Up to the size of the socket's buffer.
  void say(std::string_view bytes) {
    EXPECT_EQ(::send(ends_[0], bytes.data(), bytes.size(), MSG_DONTWAIT), static_cast<ssize_t>(bytes.size()));
  }
  /// The client sees the end of the stream after what was said; it can still send.
  void say_no_more() { ::shutdown(ends_[0], SHUT_WR); }

  /// All that the client has sent since the last time.
  std::string heard() {
    std::string all;
    std::array<char, 4096> piece{};
    for (;;) {
      const ssize_t count = ::recv(ends_[0], piece.data(), piece.size(), MSG_DONTWAIT);
      if (count <= 0) return all;
      all.append(piece.data(), static_cast<std::size_t>(count));
    }
  }

 private:
  std::array<int, 2> ends_{};
};

}  // namespace kiln::ovsdb
