# Flags for kiln's own code. Third-party headers come in as SYSTEM and never see them.
add_library(kiln_warnings INTERFACE)
target_compile_features(kiln_warnings INTERFACE cxx_std_23)
target_compile_options(kiln_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual
  -Wold-style-cast -Werror)
# std::ranges::stable_sort of libstdc++ 12 calls a function that it deprecates itself; only clang says so.
target_compile_options(kiln_warnings INTERFACE $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)

# Sanitizers: -DKILN_SANITIZE=address,undefined or thread. Everything that is linked gets the same.
set(KILN_SANITIZE "" CACHE STRING "Sanitizers for all of kiln, as -fsanitize takes them")
if(KILN_SANITIZE)
  target_compile_options(kiln_warnings INTERFACE
    -fsanitize=${KILN_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(kiln_warnings INTERFACE -fsanitize=${KILN_SANITIZE})
  # These four are most of what UndefinedBehaviorSanitizer puts in, and a fifth of the time to compile it; what they find
  # crashes under AddressSanitizer, and the fuzz targets have them.
  if(KILN_SANITIZE MATCHES "address" AND NOT KILN_FUZZ)
    target_compile_options(kiln_warnings INTERFACE -fno-sanitize=null,alignment,vptr,object-size)
  endif()
  # What the sanitizers put in hides from GCC that a value was set: it warns of std::regex's own states, for one.
  target_compile_options(kiln_warnings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  # Boost.Asio's fences, which ThreadSanitizer does not follow; its locks it does.
  if(KILN_SANITIZE MATCHES "thread")
    target_compile_options(kiln_warnings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  endif()
endif()
