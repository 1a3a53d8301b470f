# Build options, and the optional tools that make a build faster.

option(RUNNER_WERROR "Treat warnings as errors" OFF)
option(RUNNER_FUZZ "Build the fuzz targets (clang's libFuzzer)" OFF)
set(RUNNER_SANITIZE "" CACHE STRING "Sanitizers, comma separated: address, undefined, thread")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

# The start path is linked statically. A sanitizer's run-time library is shared: none of that then.
set(RUNNER_STATIC ON)
if(RUNNER_SANITIZE)
  set(RUNNER_STATIC OFF)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  # What it must not mind with precompiled headers (ccache(1), "Precompiled headers").
  set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_C_COMPILER_LAUNCHER})
endif()

find_program(MOLD mold)
if(MOLD AND NOT RUNNER_FUZZ)
  add_link_options(-fuse-ld=mold)
endif()

# The build tree has the layout of an installation, so that programs find each other the same way.
set(RUNNER_BIN_DIR ${CMAKE_BINARY_DIR}/bin)
set(RUNNER_LIBEXEC_DIR ${CMAKE_BINARY_DIR}/libexec/runner)
