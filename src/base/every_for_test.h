#pragma once

#include <cstddef>

/// How much of a long series of like cases is tried: each one, or with sanitizers, which are ten times
/// slower, every seventh.

namespace kiln {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr std::size_t kEvery = 7;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr std::size_t kEvery = 7;
#else
inline constexpr std::size_t kEvery = 1;
#endif
#else
inline constexpr std::size_t kEvery = 1;
#endif

}  // namespace kiln
