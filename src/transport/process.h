#pragma once

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

/// The same, but stdout and stderr go to a file, for a program that leaves a process behind which would keep
/// our pipes open (ssh with ControlPersist).
Result<int> run_process_to_file(const std::vector<std::string>& arguments, const std::string& log_path,
                                Duration timeout);

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
