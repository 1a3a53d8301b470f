# The headers that nearly every file includes are parsed once for all of them: it halves the time of a
# build. The preset `clang` goes without, so that a file that doesn't include what it uses is noticed.

option(RUNNER_PRECOMPILE "Precompile the headers that are used most" ON)

# runner_precompiled(NAME HEADER [LIBRARIES targets...]): what others reuse. They need the same options
# of the compiler, so they link what it links.
function(runner_precompiled name header)
  cmake_parse_arguments(ARG "" "" "LIBRARIES" ${ARGN})
  if(RUNNER_PRECOMPILE)
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/precompiled/${name}.cc CONTENT "\n")
    add_library(${name} OBJECT ${CMAKE_BINARY_DIR}/precompiled/${name}.cc)
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
    target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES} runner_sanitizers runner_warnings)
    # In angle brackets, so that no path of this machine gets into it: ccache then serves every checkout.
    target_precompile_headers(${name} PRIVATE "<cmake/precompiled/${header}>")
  endif()
endfunction()

# runner_use_precompiled(TARGET NAME)
function(runner_use_precompiled target name)
  if(RUNNER_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM ${name})
  endif()
endfunction()

runner_precompiled(runner_standard_headers standard_headers.h)
find_package(GTest REQUIRED)
runner_precompiled(runner_test_headers test_headers.h LIBRARIES GTest::gmock GTest::gtest_main)
