# Third-party libraries, all from Debian 12's packages (packages.txt). Each is linked by the layers that
# include it and by no other; tests/meta/layers holds the list of files that may include it.
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(fmt REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(simdjson REQUIRED)
find_package(CLI11 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(libgit2 REQUIRED IMPORTED_TARGET libgit2)
if(KILN_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()

# What every layer may use: the language, fmt, and assertions in the standard library.
add_library(kiln_language INTERFACE)
target_compile_features(kiln_language INTERFACE cxx_std_23)
target_compile_definitions(kiln_language INTERFACE _GLIBCXX_ASSERTIONS)
target_link_libraries(kiln_language INTERFACE fmt::fmt Threads::Threads)
