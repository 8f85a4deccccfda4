#pragma once

#include "base/seams.h"

namespace kiln::engine {

/// How the engine lets time pass between two looks or tries; tests move their clock instead.
class Waiter {
 public:
  virtual ~Waiter() = default;
  /// May be called from several threads at once.
  virtual void sleep(Duration duration) = 0;
};

}  // namespace kiln::engine
