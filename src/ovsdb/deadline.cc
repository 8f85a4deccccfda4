#include "ovsdb/deadline.h"

#include <algorithm>

namespace kiln::ovsdb {

// The limit keeps `now + timeout` from overflowing.
Deadline::Deadline(Duration timeout, const std::atomic<bool>* given_up)
    : total_(std::clamp<Duration>(timeout, Duration{0}, std::chrono::days{1})),
      end_(std::chrono::steady_clock::now() + total_),
      given_up_(given_up) {}

Duration Deadline::left() const {
  if (given_up_ && *given_up_) return Duration{0};
  const auto left = std::chrono::ceil<Duration>(end_ - std::chrono::steady_clock::now());
  return std::max(left, Duration{0});
}

std::string Deadline::why_passed() const {
  if (given_up_ && *given_up_) return "no answer yet, and the run was interrupted";
  return "no answer within " + std::to_string(total_.count()) + " ms";
}

}  // namespace kiln::ovsdb
