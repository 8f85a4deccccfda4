#include "ovsdb/stream.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>
#include <optional>
#include <vector>

namespace kiln::ovsdb {
namespace {

namespace asio = boost::asio;
using Protocol = asio::local::stream_protocol;
using Outcome = std::optional<boost::system::error_code>;

constexpr std::size_t kReadSize = std::size_t{256} * 1024;  // a socket's buffer holds about 200 KiB
constexpr std::size_t kLongestPath = 107;                   // unix(7), sun_path; Asio throws on more

std::unexpected<Error> refused(const boost::system::error_code& error, const std::string& doing) {
  if (error == asio::error::eof) return fail(ErrorCode::unreachable, "the server closed the connection");
  const bool denied = error == boost::system::errc::permission_denied;
  return fail(denied ? ErrorCode::denied : ErrorCode::unreachable, doing + ": " + error.message());
}

class AsioStream : public Stream {
 public:
  AsioStream() : socket_(context_), read_(kReadSize) {}

  Result<> open(const std::string& path, const Deadline& deadline) {
    Outcome outcome;
    socket_.async_connect(Protocol::endpoint(path), [&](const auto& error) { outcome = error; });
    KILN_TRY(finish(outcome, deadline, "cannot connect to " + path));
    close_on_exec();
    return {};
  }

  Result<> assign(int descriptor) {
    boost::system::error_code error;
    socket_.assign(Protocol(), descriptor, error);
    if (error) return refused(error, "cannot take over the connection");
    close_on_exec();
    return {};
  }

  Result<> write(std::string_view bytes, const Deadline& deadline) override {
    Outcome outcome;
    asio::async_write(socket_, asio::buffer(bytes.data(), bytes.size()),
                      [&](const auto& error, std::size_t) { outcome = error; });
    return finish(outcome, deadline, "cannot send to the server");
  }

  Result<std::string_view> read_some(const Deadline& deadline) override {
    Outcome outcome;
    std::size_t count = 0;
    socket_.async_read_some(asio::buffer(read_), [&](const auto& error, std::size_t got) {
      outcome = error;
      count = got;
    });
    KILN_TRY(finish(outcome, deadline, "cannot receive from the server"));
    return std::string_view(read_.data(), count);
  }

 private:
  /// Runs until the one operation under way has its outcome; gives it up when the time has passed.
  Result<> finish(Outcome& outcome, const Deadline& deadline, const std::string& doing) {
    // Who may give up is asked now and then.
    constexpr Duration kAsk{100};
    do {
      context_.restart();
      context_.run_for(deadline.may_be_given_up() ? std::min(deadline.left(), kAsk) : deadline.left());
    } while (!outcome && deadline.left() > Duration{0});
    if (!outcome) {
      boost::system::error_code ignored;
      socket_.close(ignored);
      context_.restart();
      context_.run();  // the handler refers to the caller's locals: let it finish
      return fail(ErrorCode::timed_out, deadline.why_passed());
    }
    if (*outcome) return refused(*outcome, doing);
    return {};
  }

  /// Asio does not; no child of ours is to hold a connection open.
  void close_on_exec() { ::fcntl(socket_.native_handle(), F_SETFD, FD_CLOEXEC); }

  asio::io_context context_{1};
  Protocol::socket socket_;
  std::vector<char> read_;
};

/// Asio would take anything, and then fail in other places.
bool is_stream_socket(int descriptor) {
  int type = 0;
  socklen_t size = sizeof type;
  return ::getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

/// Asio throws when it gets no descriptors for its reactor.
Result<std::unique_ptr<AsioStream>> make_stream() try {
  return std::make_unique<AsioStream>();
} catch (const boost::system::system_error& error) {
  return fail(ErrorCode::failed, std::string("cannot make a connection: ") + error.what());
}

}  // namespace

Result<std::unique_ptr<Stream>> Stream::connect(const std::string& unix_socket, const Deadline& deadline) {
  if (unix_socket.size() > kLongestPath)
    return fail(ErrorCode::failed, "the path of the socket has more than 107 bytes: " + unix_socket);
  KILN_TRY_ASSIGN(auto stream, make_stream());
  KILN_TRY(stream->open(unix_socket, deadline));
  return stream;
}

Result<std::unique_ptr<Stream>> Stream::adopt(int descriptor) {
  auto stream = make_stream();
  Result<> assigned;
  if (!stream)
    assigned = std::unexpected(stream.error());
  else if (!is_stream_socket(descriptor))
    assigned = fail(ErrorCode::failed, "cannot take over the connection: it is not a stream socket");
  else
    assigned = (*stream)->assign(descriptor);
  if (!assigned) {
    ::close(descriptor);
    return std::unexpected(assigned.error());
  }
  return std::move(*stream);
}

}  // namespace kiln::ovsdb
