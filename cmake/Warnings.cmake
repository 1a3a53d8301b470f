# The warnings that every target of ours is compiled with.

add_library(runner_warnings INTERFACE)
target_compile_options(runner_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-qual
  -Wformat=2 -Wundef -Wimplicit-fallthrough
  # g++ 12 sees overlaps and bounds that aren't there in a text plus a text, when it optimizes
  # (GCC bugs 105651 and 105329).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict -Wno-array-bounds>)
if(RUNNER_SANITIZE)
  # The same, more often, in what sanitizers make of a text plus a text.
  target_compile_options(runner_warnings INTERFACE
    $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow -Wno-stringop-overread>)
endif()
if(RUNNER_WERROR)
  target_compile_options(runner_warnings INTERFACE -Werror)
endif()
