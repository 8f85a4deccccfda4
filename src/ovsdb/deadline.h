#pragma once

#include <atomic>
#include <chrono>
#include <string>

#include "base/seams.h"

namespace kiln::ovsdb {

/// When a call must be over, however many reads and writes it consists of.
class Deadline {
 public:
  /// From now; a timeout below zero has passed already, and one of more than a day is a day.
  /// `given_up`, where there is one, outlives it: once it is set the deadline has passed.
  explicit Deadline(Duration timeout, const std::atomic<bool>* given_up = nullptr);

  /// What is left, zero once it has passed.
  Duration left() const;
  /// False where looking at left() once is enough.
  bool may_be_given_up() const { return given_up_ != nullptr; }
  /// Why nothing more is waited for, once it has passed: "no answer within 500 ms", "no answer yet, and the
  /// run was interrupted".
  std::string why_passed() const;

 private:
  Duration total_;
  std::chrono::steady_clock::time_point end_;
  const std::atomic<bool>* given_up_;
};

}  // namespace kiln::ovsdb
