#include "ovsdb/deadline.h"

#include <algorithm>

namespace kiln::ovsdb {

// The limit keeps `now + timeout` from overflowing.
Deadline::Deadline(Duration timeout)
    : total_(std::clamp<Duration>(timeout, Duration{0}, std::chrono::days{1})),
      end_(std::chrono::steady_clock::now() + total_) {}

Duration Deadline::left() const {
  const auto left = std::chrono::ceil<Duration>(end_ - std::chrono::steady_clock::now());
  return std::max(left, Duration{0});
}

}  // namespace kiln::ovsdb
