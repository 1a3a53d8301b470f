# One way to declare a library, a program and a test.

include(GoogleTest)

# A clean build takes a third of the time when the compiler reads several files of a target as one: the
# templates of json and CLI11 are then compiled once for all of them. So what files of one folder keep to
# themselves (an unnamed namespace) has names of its own in its target. The preset `clang` compiles each
# file for itself.
option(RUNNER_TOGETHER "Compile several files of a target together" ON)

# runner_compile_together(TARGET)
function(runner_compile_together target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${RUNNER_TOGETHER} UNITY_BUILD_BATCH_SIZE 12)
endfunction()

# Everything that is installed, without the tests: cmake --build --preset release --target programs
add_custom_target(programs)
# What the tests of that kind need.
add_custom_target(unit_tests)
add_custom_target(integration_tests)

# runner_library(NAME SOURCES a.cc... [PUBLIC targets...] [PRIVATE targets...])
function(runner_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${ARG_PUBLIC} runner_sanitizers
                        PRIVATE ${ARG_PRIVATE} runner_warnings)
  runner_use_precompiled(${name} runner_standard_headers)
  runner_compile_together(${name})
endfunction()

# runner_program(NAME [STATIC] DESTINATION bin|libexec|none SOURCES a.cc... [LIBRARIES targets...])
function(runner_program name)
  cmake_parse_arguments(ARG "STATIC" "DESTINATION" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  add_dependencies(programs ${name})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES} runner_sanitizers runner_warnings)
  runner_use_precompiled(${name} runner_standard_headers)
  runner_compile_together(${name})
  if(ARG_STATIC AND RUNNER_STATIC)
    # By the linker that refuses a shared library here: mold takes it and leaves calls to address 0.
    # Its warnings are of libcrypto's use of name look-ups and dlopen, which we never reach.
    target_link_options(${name} PRIVATE -static -no-pie -fuse-ld=bfd -Wl,--no-warnings)
  endif()
  if(ARG_DESTINATION STREQUAL "bin")
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${RUNNER_BIN_DIR})
    install(TARGETS ${name} RUNTIME DESTINATION bin)
  elseif(ARG_DESTINATION STREQUAL "libexec")
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${RUNNER_LIBEXEC_DIR})
    install(TARGETS ${name} RUNTIME DESTINATION libexec/runner)
  endif()
endfunction()

# runner_small_program(NAME SOURCES a.cc...): a static program of a few kilobytes in every preset. It is
# copied into each container and started there, so its size is part of what a start costs: it has
# musl as its C library, and of the C++ library what its headers alone give (string_view, algorithm).
function(runner_small_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES" ${ARGN})
  find_path(musl_include features.h REQUIRED NO_DEFAULT_PATH
            PATHS /usr/include/${CMAKE_SYSTEM_PROCESSOR}-linux-musl)
  find_library(musl_library libc.a REQUIRED NO_DEFAULT_PATH
               PATHS /usr/lib/${CMAKE_SYSTEM_PROCESSOR}-linux-musl)
  get_filename_component(musl ${musl_library} DIRECTORY)
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE runner_warnings)
  # libstdc++'s headers ask glibc for its version: the option says none.
  target_compile_options(${name} PRIVATE "-D__GLIBC_PREREQ(major,minor)=0" -Os -fno-exceptions -fno-rtti -fno-stack-protector
    -fno-threadsafe-statics -ffunction-sections -nostdinc)
  # The C++ library's headers, musl's, the compiler's own; then the kernel's, which lie with glibc's.
  set(directories ${CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES})
  list(FILTER directories EXCLUDE REGEX "^/usr(/local)?/include(/${CMAKE_LIBRARY_ARCHITECTURE})?$")
  set(cxx ${directories})
  list(FILTER cxx INCLUDE REGEX "c\\+\\+")
  list(FILTER directories EXCLUDE REGEX "c\\+\\+")
  foreach(directory ${cxx} ${musl_include} ${directories})
    target_compile_options(${name} PRIVATE "SHELL:-isystem ${directory}")
  endforeach()
  foreach(directory /usr/include /usr/include/${CMAKE_LIBRARY_ARCHITECTURE})
    target_compile_options(${name} PRIVATE "SHELL:-idirafter ${directory}")
  endforeach()
  target_link_options(${name} PRIVATE -static -no-pie -nostdlib -s -Wl,--gc-sections)
  target_link_libraries(${name} PRIVATE ${musl}/crt1.o ${musl}/crti.o ${musl_library} gcc ${musl}/crtn.o)
endfunction()

# runner_test(NAME [LABEL unit|integration] SOURCES a.cc... [LIBRARIES targets...] [TIMEOUT seconds]
#             [ROOTLESS filter])
# Every TEST() becomes one test of ctest; those of the filter (as --gtest_filter takes it) a second one,
# in which an ordinary user runs runner.
function(runner_test name)
  cmake_parse_arguments(ARG "" "LABEL;TIMEOUT;ROOTLESS" "SOURCES;LIBRARIES" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  if(RUNNER_SANITIZE)
    math(EXPR ARG_TIMEOUT "4 * ${ARG_TIMEOUT}")  # That many times slower are a sanitizer's programs.
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES} GTest::gmock GTest::gtest_main
                        runner_sanitizers runner_warnings)
  runner_use_precompiled(${name} runner_test_headers)
  runner_compile_together(${name})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  add_dependencies(${ARG_LABEL}_tests ${name})
  set(properties LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT}
      # Two properties with one value each: gtest_discover_tests() takes lists apart.
      ENVIRONMENT RUNNER_BUILD=${CMAKE_BINARY_DIR}
      ENVIRONMENT_MODIFICATION RUNNER_SOURCE=set:${CMAKE_SOURCE_DIR}
      # A skipped test is a failed one: googletest also skips when a suite can't be set up.
      SKIP_REGULAR_EXPRESSION nothing-is-skipped FAIL_REGULAR_EXPRESSION SKIPPED)
  if(ARG_LABEL STREQUAL "integration")
    # They share the host's loopback ports, cgroups and mounts' accounting.
    list(APPEND properties RESOURCE_LOCK host)
  endif()
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST PROPERTIES ${properties})
  if(ARG_ROOTLESS)
    gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST EXTRA_ARGS --rootless
      TEST_PREFIX "Rootless." TEST_FILTER ${ARG_ROOTLESS} PROPERTIES ${properties})
  endif()
endfunction()
