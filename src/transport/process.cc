#include "transport/process.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/readable_pipe.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/writable_pipe.hpp>
#include <boost/asio/write.hpp>
#include <boost/process/v2/process.hpp>
#include <boost/process/v2/stdio.hpp>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <system_error>
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
  void reset(int fd = -1) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
  }

 private:
  int fd_;
};

Result<std::string> program_path(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  const char* const path = std::getenv("PATH");
  for (const std::string& folder :
       split(path ? path : "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", ':')) {
    std::string candidate = (folder.empty() ? "." : folder) + '/' + name;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return fail(ErrorCode::not_found, "there is no program `" + name + "` on this machine");
}

std::vector<std::string> after_first(const std::vector<std::string>& arguments) {
  return {arguments.begin() + 1, arguments.end()};
}

std::unexpected<Error> cannot_start(const std::string& name, const std::exception& error) {
  const auto* const refused = dynamic_cast<const boost::system::system_error*>(&error);
  const bool missing = refused && refused->code() == boost::system::errc::no_such_file_or_directory;
  return fail(missing ? ErrorCode::not_found : ErrorCode::failed,
              "cannot start `" + name + "`: " + (refused ? refused->code().message() : error.what()));
}

int exit_code_of(int native) {
  return WIFEXITED(native) ? WEXITSTATUS(native) : 128 + WTERMSIG(native);
}

/// What a child of ours gets: a process group of its own, so that a Ctrl-C at our terminal does not end it
/// before we say so; our environment without KILN_…, as a passphrase is nobody else's to read; and no
/// descriptor but its three, as who reads a pipe that we inherited would wait for a child that lives long.
class ChildSetup {
 public:
  ChildSetup() {
    for (char** variable = ::environ; *variable; ++variable)
      if (!std::string_view(*variable).starts_with("KILN_")) environment_.push_back(*variable);
    environment_.push_back(nullptr);
  }
  template <typename Launcher, typename Path, typename Words>
  boost::system::error_code on_setup(Launcher& launcher, const Path&, Words&) const {
    launcher.env = environment_.data();
    return {};
  }
  template <typename Launcher, typename Path, typename Words>
  boost::system::error_code on_exec_setup(Launcher&, const Path&, Words&) const {
    ::setpgid(0, 0);
    // Boost closes only what is above its own pipe. A kernel before 5.11 says no; what we open ourselves
    // closes on exec there too.
    static_cast<void>(::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC));
    return {};
  }

 private:
  std::vector<const char*> environment_;
};

/// Boost's launcher has a pipe of its own that another thread's child could inherit: one start at a time.
template <typename Context, typename In, typename Out, typename Errors>
process::process spawn(Context& context, const std::string& program,
                       const std::vector<std::string>& arguments, In in, Out out, Errors errors) {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  return process::process(context, program, after_first(arguments), process::process_stdio{in, out, errors},
                          ChildSetup());
}

struct Pipe {
  Descriptor read{-1};
  Descriptor write{-1};
};

/// Both ends close on exec, so that only the child they are for gets one.
bool open_pipe(Pipe& pipe) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return false;
  pipe.read.reset(ends[0]);
  pipe.write.reset(ends[1]);
  return true;
}

/// What a child reads and what it says.
struct StandardPipes {
  Pipe in;
  Pipe out;
  Pipe errors;
  Result<> open() {
    if (open_pipe(in) && open_pipe(out) && open_pipe(errors)) return {};
    return fail(ErrorCode::failed, "cannot make a pipe: " + std::generic_category().message(errno));
  }
};

/// Waits for a child's end, and for the end of what it says, until the time is up.
class Wait {
 public:
  Wait(asio::io_context& context, process::process& child, Duration timeout)
      : context_(context), child_(child), timer_(context, timeout), timeout_(timeout) {}

  void collect(asio::readable_pipe& pipe, std::string& text) {
    ++pending_;
    asio::async_read(pipe, asio::dynamic_buffer(text), [this](const auto&, std::size_t) { one_less(); });
  }

  /// timed_out: the child was killed. What a child leaves behind may hold our pipes open: it is not waited
  /// for.
  Result<int> run(const std::string& name) {
    timer_.async_wait([this](const auto& error) {
      if (error) return;
      if (ended_) return context_.stop();
      late_ = true;
      boost::system::error_code ignored;
      child_.terminate(ignored);
    });
    ++pending_;
    child_.async_wait([this](const auto&, int) {
      ended_ = true;
      if (late_) return context_.stop();
      one_less();
    });
    context_.run();
    if (late_)
      return fail(ErrorCode::timed_out,
                  '`' + name + "` did not end within " + std::to_string(timeout_.count()) + " ms");
    return exit_code_of(child_.native_exit_code());
  }

 private:
  void one_less() {
    if (--pending_ == 0) timer_.cancel();
  }

  asio::io_context& context_;
  process::process& child_;
  asio::steady_timer timer_;
  Duration timeout_;
  int pending_ = 0;
  bool ended_ = false;
  bool late_ = false;
};

/// Between two looks whether somebody has given up.
constexpr Duration kAskAgain{100};

/// What no output has by chance.
std::string new_mark() {
  std::random_device device;
  std::string mark = "kiln";
  for (int i = 0; i < 4; ++i) mark += '-' + std::to_string(device());
  return mark;
}

/// Its pipes stay open from script to script; after each, both outputs have a line with the mark.
class PipedShell : public Shell {
  /// One script: outlives it, as handlers may come later.
  struct Turn {
    std::string input;
    Ended ended;
    int reading = 2;
    bool lost = false;
    bool late = false;
    bool whole() const { return reading == 0 && !lost; }
  };

 public:
  PipedShell(const std::string& program, const std::vector<std::string>& arguments, StandardPipes& pipes)
      : name_(arguments.front()),
        in_(context_, pipes.in.write.release()),
        out_(context_, pipes.out.read.release()),
        errors_(context_, pipes.errors.read.release()),
        child_(spawn(context_, program, arguments, pipes.in.read.get(), pipes.out.write.get(),
                     pipes.errors.write.get())) {
    child_.async_wait([this](const auto&, int) { ended_ = true; });
  }
  ~PipedShell() override { end(); }

  Result<Ended> run(const std::string& script, Duration timeout, const std::atomic<bool>* given_up) override {
    const auto turn = std::make_shared<Turn>();
    turn->input = "(\n" + script + "\n) </dev/null\nprintf '\\n%d %s\\n' $? " + mark_ +
                  "\nprintf '\\n%s\\n' " + mark_ + " >&2\n";
    asio::steady_timer timer(context_, timeout);
    timer.async_wait([turn](const auto& error) { turn->late = !error; });
    read(out_, turn, turn->ended.output, ' ' + mark_ + '\n');
    read(errors_, turn, turn->ended.errors, '\n' + mark_ + '\n');
    asio::async_write(in_, asio::buffer(turn->input), [turn](const auto&, std::size_t) {});
    context_.restart();
    while (!turn->whole() && !turn->late && !ended_ && !(given_up && *given_up)) {
      if (given_up)
        context_.run_one_for(kAskAgain);
      else
        context_.run_one();
    }
    context_.poll();  // what it has said before it ended
    if (turn->whole()) return parted(std::move(turn->ended));
    const bool by_itself = ended_;
    end();
    if (!by_itself)
      return fail(ErrorCode::timed_out,
                  '`' + name_ + "` did not end within " + std::to_string(timeout.count()) + " ms");
    return fail(ErrorCode::unreachable, turn->ended.errors);
  }

  bool alive() override {
    context_.restart();
    context_.poll();
    return !ended_;
  }

 private:
  static void read(asio::readable_pipe& pipe, const std::shared_ptr<Turn>& turn, std::string& text,
                   const std::string& last) {
    asio::async_read_until(pipe, asio::dynamic_buffer(text), last, [turn](const auto& error, std::size_t) {
      --turn->reading;
      turn->lost = turn->lost || error;
    });
  }

  Result<Ended> parted(Ended ended) const {
    ended.errors.resize(ended.errors.find('\n' + mark_ + '\n'));
    std::string& output = ended.output;
    output.resize(output.find(' ' + mark_ + '\n'));
    const std::size_t line = output.rfind('\n');
    const char* const end = output.data() + output.size();
    if (line == std::string::npos ||
        std::from_chars(output.data() + line + 1, end, ended.exit_code).ptr != end)
      return fail(ErrorCode::failed, '`' + name_ + "` did not say how the script ended");
    output.resize(line);
    return ended;
  }

  void end() {
    if (ended_) return;
    boost::system::error_code ignored;
    child_.terminate(ignored);
    child_.wait(ignored);
    ended_ = true;
  }

  std::string name_;
  std::string mark_ = new_mark();
  asio::io_context context_;
  asio::writable_pipe in_;
  asio::readable_pipe out_;
  asio::readable_pipe errors_;
  process::process child_;
  bool ended_ = false;
};

class SocketRelay : public Relay {
 public:
  SocketRelay(process::process child, int descriptor) : child_(std::move(child)), descriptor_(descriptor) {}
  ~SocketRelay() override {
    boost::system::error_code ignored;
    child_.terminate(ignored);
    child_.wait(ignored);
  }
  int take_descriptor() override { return descriptor_.release(); }

 private:
  process::process child_;
  Descriptor descriptor_;
};

asio::io_context& relay_context() {
  static asio::io_context context;
  return context;
}

/// `output_descriptor` < 0: what it says is collected.
Result<Ended> run_to_end(const std::vector<std::string>& arguments, const std::string& input,
                         int output_descriptor, Duration timeout) {
  KILN_TRY_ASSIGN(const std::string program, program_path(arguments.front()));
  StandardPipes pipes;
  KILN_TRY(pipes.open());
  try {
    asio::io_context context;
    asio::writable_pipe to_child(context, pipes.in.write.release());
    asio::readable_pipe from_child(context, pipes.out.read.release());
    asio::readable_pipe said(context, pipes.errors.read.release());
    const int output = output_descriptor < 0 ? pipes.out.write.get() : output_descriptor;
    process::process child =
        spawn(context, program, arguments, pipes.in.read.get(), output, pipes.errors.write.get());
    pipes.in.read.reset();
    pipes.out.write.reset();
    pipes.errors.write.reset();
    Ended ended;
    Wait wait(context, child, timeout);
    wait.collect(from_child, ended.output);
    wait.collect(said, ended.errors);
    asio::async_write(to_child, asio::buffer(input), [&](const auto&, std::size_t) { to_child.close(); });
    KILN_TRY_ASSIGN(ended.exit_code, wait.run(arguments.front()));
    return ended;
  } catch (const std::exception& error) {
    return cannot_start(arguments.front(), error);
  }
}

}  // namespace

Result<Ended> run_process(const std::vector<std::string>& arguments, const std::string& input,
                          Duration timeout) {
  return run_to_end(arguments, input, -1, timeout);
}

Result<Ended> run_process_into(const std::vector<std::string>& arguments, const std::string& input,
                               int output_descriptor, Duration timeout) {
  return run_to_end(arguments, input, output_descriptor, timeout);
}

Result<std::unique_ptr<Shell>> Shell::start(const std::vector<std::string>& arguments) {
  KILN_TRY_ASSIGN(const std::string program, program_path(arguments.front()));
  StandardPipes pipes;
  KILN_TRY(pipes.open());
  try {
    return std::make_unique<PipedShell>(program, arguments, pipes);
  } catch (const std::exception& error) {
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
  if (log.get() < 0) return fail(ErrorCode::failed, "cannot write " + log_path);
  try {
    process::process child =
        spawn(relay_context(), program, arguments, theirs.get(), theirs.get(), log.get());
    return std::make_unique<SocketRelay>(std::move(child), ours.release());
  } catch (const std::exception& error) {
    return cannot_start(arguments.front(), error);
  }
}

}  // namespace kiln::transport
