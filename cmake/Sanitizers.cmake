# -DRUNNER_SANITIZE=address,undefined or =thread.

add_library(runner_sanitizers INTERFACE)
if(RUNNER_SANITIZE)
  target_compile_options(runner_sanitizers INTERFACE
    -fsanitize=${RUNNER_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(runner_sanitizers INTERFACE -fsanitize=${RUNNER_SANITIZE})
endif()

# Coverage for the fuzzer, in every library.
if(RUNNER_FUZZ)
  target_compile_options(runner_sanitizers INTERFACE -fsanitize=fuzzer-no-link)
endif()
