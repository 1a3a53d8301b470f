# The warnings that every target of ours is compiled with.

add_library(runner_warnings INTERFACE)
target_compile_options(runner_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-qual
  -Wformat=2 -Wundef -Wimplicit-fallthrough
  # g++ 12 sees overlaps and bounds that aren't there in a text plus a text, when it optimizes
  # (GCC bugs 105651 and 105329), the more so in precompiled headers, which it doesn't know as the system's.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict -Wno-array-bounds -Wno-stringop-overflow
    -Wno-stringop-overread>)
if(RUNNER_WERROR)
  target_compile_options(runner_warnings INTERFACE -Werror)
endif()
