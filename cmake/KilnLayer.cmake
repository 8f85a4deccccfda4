# kiln_layer(NAME RANK n [COLD] SOURCES … [DEPENDS layer…] [LINK target…] [TESTS …])
#
# One static library kiln_NAME from the folder that calls this, and one test binary kiln_NAME_test from
# the *_test.cc beside the code. DEPENDS names lower layers only: a rank that is not lower is an error at
# configure time; tests/meta/layers checks the #include lines themselves. COLD: what it does takes no time worth the time
# to optimise it, so that release takes -O1.
function(kiln_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 layer "COLD" "RANK" "SOURCES;DEPENDS;LINK;TESTS;TEST_LINK")
  add_library(kiln_${name} STATIC ${layer_SOURCES})
  set_target_properties(kiln_${name} PROPERTIES KILN_RANK ${layer_RANK} LINKER_LANGUAGE CXX)
  target_include_directories(kiln_${name} PUBLIC "${PROJECT_SOURCE_DIR}/src")
  target_link_libraries(kiln_${name} PRIVATE kiln_warnings)
  target_link_libraries(kiln_${name} PUBLIC kiln_language)
  if(layer_COLD)
    target_compile_options(kiln_${name} PRIVATE $<$<CONFIG:Release>:-O1>)
  endif()
  kiln_precompile(kiln_${name})
  kiln_unity(kiln_${name})
  foreach(lower IN LISTS layer_DEPENDS)
    get_target_property(lower_rank kiln_${lower} KILN_RANK)
    if(NOT lower_rank LESS layer_RANK)
      message(FATAL_ERROR "layer ${name} (rank ${layer_RANK}) may not depend on ${lower} (rank ${lower_rank})")
    endif()
    target_link_libraries(kiln_${name} PUBLIC kiln_${lower})
  endforeach()
  target_link_libraries(kiln_${name} PRIVATE ${layer_LINK})
  if(KILN_TESTS AND layer_TESTS)
    add_executable(kiln_${name}_test ${layer_TESTS})
    target_link_libraries(kiln_${name}_test PRIVATE
      kiln_${name} kiln_warnings GTest::gtest_main ${layer_LINK} ${layer_TEST_LINK})
    kiln_precompile(kiln_${name}_test TEST)
    kiln_unity(kiln_${name}_test)
    add_dependencies(unit_tests kiln_${name}_test)
    kiln_unit_tests(kiln_${name}_test "${name}/")
  endif()
endfunction()

# Each test is one of CTest's, and a process: they may not count on each other. With sanitizers, which take long to begin
# and to end, some share a process.
function(kiln_unit_tests target prefix)
  if(NOT KILN_SANITIZE)
    gtest_discover_tests(${target} TEST_PREFIX "${prefix}" DISCOVERY_TIMEOUT 60 PROPERTIES LABELS unit)
    return()
  endif()
  set(shards 4)
  foreach(shard RANGE 1 ${shards})
    math(EXPR index "${shard} - 1")
    add_test(NAME "${prefix}${shard}-of-${shards}" COMMAND ${target} --gtest_brief=1)
    set_tests_properties("${prefix}${shard}-of-${shards}" PROPERTIES LABELS unit TIMEOUT 900
      ENVIRONMENT "GTEST_TOTAL_SHARDS=${shards};GTEST_SHARD_INDEX=${index}")
  endforeach()
endfunction()
