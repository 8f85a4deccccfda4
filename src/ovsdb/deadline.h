#pragma once

#include <chrono>

#include "base/seams.h"

namespace kiln::ovsdb {

/// When a call must be over, however many reads and writes it consists of.
class Deadline {
 public:
  /// From now; a timeout below zero has passed already, and one of more than a day is a day.
  explicit Deadline(Duration timeout);

  /// What is left, zero once it has passed.
  Duration left() const;
  /// What was given, for error texts.
  Duration total() const { return total_; }

 private:
  Duration total_;
  std::chrono::steady_clock::time_point end_;
};

}  // namespace kiln::ovsdb
