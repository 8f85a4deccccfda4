#pragma once

#include <atomic>

namespace kiln::cli {

/// While one of these lives, the first SIGINT or SIGTERM asks the run to stop after what is running, and
/// the second ends the process at once with ExitCode::partly. One at a time.
class Interrupts {
 public:
  /// `live`: the cursor stands below live lines, so the notice is written without a line end.
  explicit Interrupts(bool live);
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  const std::atomic<bool>& asked() const;
};

}  // namespace kiln::cli
