# KILN_UNITY: several sources of a target, a dozen for GCC, are compiled as one. What most of them have in common, headers and the
# code of types such as Fact and Desired, is three quarters of the time that GCC takes for one alone. More in one saves
# little, and the last one would keep a single core busy. No source may count on its neighbours: the builds of
# developers and of ThreadSanitizer take each alone, and show whether it includes what it uses.
# clang's headers are precompiled, and what it writes for a type's functions is written again in each that uses them:
# thirty of a layer as one take four fifths of what dozens take.
set(KILN_UNITY OFF CACHE BOOL "Compile several sources as one; for builds from nothing")
set(KILN_UNITY_BATCH 12 CACHE STRING "How many sources are compiled as one, where a target does not say")

function(kiln_unity target) # [BATCH n]
  cmake_parse_arguments(PARSE_ARGV 1 unity "" "BATCH" "")
  if(NOT unity_BATCH)
    set(unity_BATCH ${KILN_UNITY_BATCH})
  endif()
  if(KILN_UNITY)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${unity_BATCH})
  endif()
endfunction()
