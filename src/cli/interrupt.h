#pragma once

#include <atomic>

namespace kiln::cli {

/// While one of these lives, the first SIGINT, SIGTERM or SIGHUP asks the run to stop after what is running,
/// and the second ends the process at once with ExitCode::partly. One within another is the same one: what
/// was asked stays asked. On the main thread alone.
class Interrupts {
 public:
  /// `live`: the cursor stands below live lines, so the notice is written without a line end.
  explicit Interrupts(bool live);
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  const std::atomic<bool>& asked() const;
};

/// Waits until standard input can be read. False: the run was asked to stop meanwhile.
bool wait_for_input();

}  // namespace kiln::cli
