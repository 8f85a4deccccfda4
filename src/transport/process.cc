#include "transport/process.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/readable_pipe.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/writable_pipe.hpp>
#include <boost/asio/write.hpp>
#include <boost/process/v2/process.hpp>
#include <boost/process/v2/stdio.hpp>
#include <cstdlib>
#include <utility>

#include "base/text.h"

namespace kiln::transport {
namespace {

namespace asio = boost::asio;
namespace process = boost::process::v2;

/// A descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { reset(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }
  void reset() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  int fd_;
};

Result<std::string> program_path(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  const char* const path = std::getenv("PATH");
  for (const std::string& folder : split(path ? path : "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", ':')) {
    std::string candidate = (folder.empty() ? "." : folder) + '/' + name;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return fail(ErrorCode::not_found, "there is no program `" + name + "` on this machine");
}

std::vector<std::string> after_first(const std::vector<std::string>& arguments) {
  return {arguments.begin() + 1, arguments.end()};
}

std::unexpected<Error> cannot_start(const std::string& name, const boost::system::system_error& error) {
  return fail(ErrorCode::failed, "cannot start `" + name + "`: " + error.code().message());
}

int exit_code_of(int native) {
  return WIFEXITED(native) ? WEXITSTATUS(native) : 128 + WTERMSIG(native);
}

/// Waits for the child's end in `context`, killing it when the time is up.
template <typename Child>
Result<int> finish(asio::io_context& context, Child& child, Duration timeout, const std::string& name) {
  bool late = false;
  bool ended = false;
  asio::steady_timer timer(context, timeout);
  timer.async_wait([&](const auto& error) {
    if (error || ended) return;
    late = true;
    boost::system::error_code ignored;
    child.terminate(ignored);
  });
  child.async_wait([&](const auto&, int) {
    ended = true;
    timer.cancel();
    if (late) context.stop();  // what the child left behind may hold our pipes open for ever
  });
  context.run();
  if (late)
    return fail(ErrorCode::timed_out,
                '`' + name + "` did not end within " + std::to_string(timeout.count()) + " ms");
  return exit_code_of(child.native_exit_code());
}

void collect(asio::readable_pipe& pipe, std::string& text) {
  asio::async_read(pipe, asio::dynamic_buffer(text), [](const auto&, std::size_t) {});
}

class SocketRelay : public Relay {
 public:
  SocketRelay(asio::io_context& context, process::process child, int descriptor)
      : context_(context), child_(std::move(child)), descriptor_(descriptor) {}
  ~SocketRelay() override {
    boost::system::error_code ignored;
    child_.terminate(ignored);
    child_.wait(ignored);
  }
  int take_descriptor() override { return descriptor_.release(); }

 private:
  asio::io_context& context_;
  process::process child_;
  Descriptor descriptor_;
};

asio::io_context& relay_context() {
  static asio::io_context context;
  return context;
}

}  // namespace

Result<Ended> run_process(const std::vector<std::string>& arguments, const std::string& input,
                          Duration timeout) {
  KILN_TRY_ASSIGN(const std::string program, program_path(arguments.front()));
  try {
    asio::io_context context;
    asio::writable_pipe to_child(context);
    asio::readable_pipe output(context);
    asio::readable_pipe errors(context);
    process::process child(context, program, after_first(arguments),
                           process::process_stdio{to_child, output, errors});
    Ended ended;
    collect(output, ended.output);
    collect(errors, ended.errors);
    asio::async_write(to_child, asio::buffer(input), [&](const auto&, std::size_t) { to_child.close(); });
    KILN_TRY_ASSIGN(ended.exit_code, finish(context, child, timeout, arguments.front()));
    return ended;
  } catch (const boost::system::system_error& error) {
    return cannot_start(arguments.front(), error);
  }
}

Result<int> run_process_to_file(const std::vector<std::string>& arguments, const std::string& log_path,
                                Duration timeout) {
  KILN_TRY_ASSIGN(const std::string program, program_path(arguments.front()));
  const Descriptor log(::open(log_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (log.get() < 0) return fail(ErrorCode::failed, "cannot write " + log_path);
  try {
    asio::io_context context;
    process::process child(context, program, after_first(arguments),
                           process::process_stdio{nullptr, log.get(), log.get()});
    return finish(context, child, timeout, arguments.front());
  } catch (const boost::system::system_error& error) {
    return cannot_start(arguments.front(), error);
  }
}

Result<std::unique_ptr<Relay>> Relay::start(const std::vector<std::string>& arguments,
                                            const std::string& log_path) {
  KILN_TRY_ASSIGN(const std::string program, program_path(arguments.front()));
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return fail(ErrorCode::failed, "cannot make a socket pair");
  Descriptor ours(ends[0]);
  const Descriptor theirs(ends[1]);
  const Descriptor log(::open(log_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  try {
    process::process child(relay_context(), program, after_first(arguments),
                           process::process_stdio{theirs.get(), theirs.get(), log.get()});
    return std::make_unique<SocketRelay>(relay_context(), std::move(child), ours.release());
  } catch (const boost::system::system_error& error) {
    return cannot_start(arguments.front(), error);
  }
}

}  // namespace kiln::transport
