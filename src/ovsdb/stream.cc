#include "ovsdb/stream.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <optional>

namespace kiln::ovsdb {
namespace {

namespace asio = boost::asio;
using Protocol = asio::local::stream_protocol;

constexpr std::size_t kReadSize = 256 * 1024;

std::unexpected<Error> refused(const boost::system::error_code& error, const std::string& doing) {
  const bool nothing_there = error == boost::system::errc::no_such_file_or_directory;
  return fail(nothing_there ? ErrorCode::not_found : ErrorCode::unreachable, doing + ": " + error.message());
}

class AsioStream : public Stream {
 public:
  AsioStream() : socket_(context_) {}

  Result<> open(const std::string& path, Duration timeout) {
    std::optional<boost::system::error_code> result;
    // sun_path holds 107 bytes; Asio throws on more.
    if (path.size() > 107) return fail(ErrorCode::failed, "the path of the socket is too long: " + path);
    socket_.async_connect(Protocol::endpoint(path), [&](const auto& error) { result = error; });
    KILN_TRY(finish(result, timeout, "cannot connect to " + path));
    return {};
  }

  Result<> assign(int descriptor) {
    boost::system::error_code error;
    socket_.assign(Protocol(), descriptor, error);
    if (error) return refused(error, "cannot take over the connection");
    return {};
  }

  Result<> write(std::string_view bytes, Duration timeout) override {
    std::optional<boost::system::error_code> result;
    asio::async_write(socket_, asio::buffer(bytes.data(), bytes.size()),
                      [&](const auto& error, std::size_t) { result = error; });
    return finish(result, timeout, "cannot send");
  }

  Result<std::size_t> read_some(std::string& buffer, Duration timeout) override {
    const std::size_t before = buffer.size();
    buffer.resize(before + kReadSize);
    std::optional<boost::system::error_code> result;
    std::size_t count = 0;
    socket_.async_read_some(asio::buffer(buffer.data() + before, kReadSize), [&](const auto& error, std::size_t got) {
      result = error;
      count = got;
    });
    const Result<> done = finish(result, timeout, "the connection ended");
    buffer.resize(before + count);
    if (!done) return std::unexpected(done.error());
    return count;
  }

 private:
  /// Runs until the one operation under way has its result; cancels it when the time is up.
  Result<> finish(std::optional<boost::system::error_code>& result, Duration timeout, const std::string& doing) {
    context_.restart();
    context_.run_for(timeout);
    if (!result) {
      boost::system::error_code ignored;
      socket_.close(ignored);
      context_.restart();
      context_.run();  // the handlers refer to our locals: let them finish
      return fail(ErrorCode::timed_out, "no answer within " + std::to_string(timeout.count()) + " ms");
    }
    if (*result) return refused(*result, doing);
    return {};
  }

  asio::io_context context_{1};
  Protocol::socket socket_;
};

}  // namespace

Result<std::unique_ptr<Stream>> Stream::connect(const std::string& unix_socket, Duration timeout) {
  auto stream = std::make_unique<AsioStream>();
  KILN_TRY(stream->open(unix_socket, timeout));
  return stream;
}

Result<std::unique_ptr<Stream>> Stream::adopt(int descriptor) {
  auto stream = std::make_unique<AsioStream>();
  KILN_TRY(stream->assign(descriptor));
  return stream;
}

}  // namespace kiln::ovsdb
