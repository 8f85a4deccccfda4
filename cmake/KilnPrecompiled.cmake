# KILN_PRECOMPILE: the standard library's headers, and in tests GoogleTest's, are parsed once for a build. Clang takes
# their templates from there as well, which halves the time to compile; GCC 12 gains nothing. No source may count on it:
# the builds without it include what they use.
set(KILN_PRECOMPILE OFF CACHE BOOL "Precompile the standard library's headers; for clang")

function(kiln_precompile target) # [TEST]
  if(NOT KILN_PRECOMPILE)
    return()
  endif()
  set(common kiln_precompiled)
  if("TEST" IN_LIST ARGN)
    set(common kiln_precompiled_test)
  endif()
  if(NOT TARGET ${common})
    file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/precompiled.cc" CONTENT "")
    add_library(${common} OBJECT "${PROJECT_BINARY_DIR}/precompiled.cc")
    target_link_libraries(${common} PRIVATE kiln_warnings kiln_language)
    # ccache(1), PRECOMPILED HEADERS: without the time in it, the same header is the same file.
    target_compile_options(${common} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
    target_precompile_headers(${common} PRIVATE
      <algorithm> <chrono> <expected> <filesystem> <fstream> <functional> <map> <memory> <mutex> <optional> <ranges>
      <set> <sstream> <string> <string_view> <thread> <utility> <variant> <vector> <fmt/format.h>)
    if("TEST" IN_LIST ARGN)
      target_link_libraries(${common} PRIVATE GTest::gtest)
      target_precompile_headers(${common} PRIVATE <gtest/gtest.h>)
    endif()
  endif()
  target_precompile_headers(${target} REUSE_FROM ${common})
endfunction()
