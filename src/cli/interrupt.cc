#include "cli/interrupt.h"

#include <poll.h>
#include <unistd.h>
#include <csignal>

#include <string_view>

#include "cli/exit_code.h"

namespace kiln::cli {
namespace {

// A signal handler can reach nothing but globals.
std::atomic<bool> stop_asked{false};
std::atomic<bool> lines_are_live{false};
int depth = 0;  ///< of the main thread's
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

/// nohup(1). A shell ignores SIGINT for what it runs in the background, and that is heeded all the same.
bool is_ignored(int number) {
  struct sigaction now{};
  return sigaction(number, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

void handle(int number, void (*handler)(int)) {
  struct sigaction action{};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigaction(number, &action, nullptr);
}

}  // namespace

bool wait_for_input() {
  constexpr int kPatience_ms = 200;
  pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
  while (depth > 0 && !stop_asked)
    if (poll(&input, 1, kPatience_ms) > 0) return true;
  return depth == 0;
}

Interrupts::Interrupts(bool live) {
  if (depth++ > 0) return;
  stop_asked = false;
  lines_are_live = live;
  handle(SIGINT, on_signal);
  handle(SIGTERM, on_signal);
  if (!is_ignored(SIGHUP)) handle(SIGHUP, on_signal);  // the terminal, or the session of ssh, has gone
}

Interrupts::~Interrupts() {
  if (--depth > 0) return;
  handle(SIGINT, SIG_DFL);
  handle(SIGTERM, SIG_DFL);
  if (!is_ignored(SIGHUP)) handle(SIGHUP, SIG_DFL);
}

const std::atomic<bool>& Interrupts::asked() const {
  return stop_asked;
}

}  // namespace kiln::cli
