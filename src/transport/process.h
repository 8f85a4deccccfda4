#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/seams.h"

namespace kiln::transport {

/// How a child process ended.
struct Ended {
  int exit_code = 0;  ///< 128 + signal if it was killed
  std::string output;
  std::string errors;
};

/// Runs a program to its end, in a process group of its own and without our variables KILN_…: no shell,
/// `input` on its stdin. timed_out: it was killed. not_found: no such program. The caller ignores SIGPIPE.
Result<Ended> run_process(const std::vector<std::string>& arguments, const std::string& input,
                          Duration timeout);

/// The same, but stdout goes to a descriptor as it comes, whatever its size; Ended::output stays empty.
Result<Ended> run_process_into(const std::vector<std::string>& arguments, const std::string& input,
                               int output_descriptor, Duration timeout);

/// A program that leads to a shell on its stdin (sh -s, here or at the other end of ssh) and runs one script
/// after the other. Killed and reaped when it goes. One thread at a time.
class Shell {
 public:
  static Result<std::unique_ptr<Shell>> start(const std::vector<std::string>& arguments);
  virtual ~Shell() = default;
  /// Runs a script in a subshell, its stdin /dev/null; the shell has read all of it before it does anything.
  /// timed_out: the program was killed, because the time was up or `given_up` was set (null: never).
  /// unreachable: it has ended by itself, with these last words.
  virtual Result<Ended> run(const std::string& script, Duration timeout,
                            const std::atomic<bool>* given_up = nullptr) = 0;
  /// Whether it takes another script, as far as is known here.
  virtual bool alive() = 0;
};

/// A child whose stdin and stdout are one end of a socket pair. Killed and reaped when it goes.
class Relay {
 public:
  static Result<std::unique_ptr<Relay>> start(const std::vector<std::string>& arguments,
                                              const std::string& log_path);
  virtual ~Relay() = default;
  /// Our end; the caller takes it over. Once.
  virtual int take_descriptor() = 0;
};

}  // namespace kiln::transport
