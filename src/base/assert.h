#pragma once

namespace kiln {
/// Prints where and what to stderr and aborts: kiln itself was wrong.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);
}  // namespace kiln

/// For what cannot be false unless kiln has a bug; never for input or for answers from the world.
#define KILN_ASSERT(expression) \
  (static_cast<bool>(expression) ? void() : ::kiln::assertion_failed(#expression, __FILE__, __LINE__))
