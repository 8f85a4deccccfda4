#include "cli/interrupt.h"

#include <unistd.h>
#include <csignal>

#include <string_view>

#include "cli/exit_code.h"

namespace kiln::cli {
namespace {

// A signal handler can reach nothing but globals.
std::atomic<bool> stop_asked{false};
std::atomic<bool> lines_are_live{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void notice(std::string_view text) {
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
}

/// Async-signal-safe: write(2) and _exit(2) only (signal-safety(7)).
void on_signal(int /*number*/) {
  if (stop_asked.exchange(true)) {
    notice("\nkiln: stopped at once; run it again to continue\n");
    _exit(static_cast<int>(ExitCode::partly));
  }
  notice("kiln: stopping after what is running; once more stops at once");
  if (!lines_are_live) notice("\n");
}

void handle(int number, void (*handler)(int)) {
  struct sigaction action{};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigaction(number, &action, nullptr);
}

}  // namespace

Interrupts::Interrupts(bool live) {
  stop_asked = false;
  lines_are_live = live;
  handle(SIGINT, on_signal);
  handle(SIGTERM, on_signal);
}

Interrupts::~Interrupts() {
  handle(SIGINT, SIG_DFL);
  handle(SIGTERM, SIG_DFL);
}

const std::atomic<bool>& Interrupts::asked() const {
  return stop_asked;
}

}  // namespace kiln::cli
