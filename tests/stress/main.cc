// stress row COUNT | alive COUNT | kill ROUNDS
//
// Containers in numbers, and our processes killed at random moments; prints what this host holds
// before and after. Exit code 1: something failed or was left. Needs root; takes minutes, so
// `make stress` runs it and no test does.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>

#include "tests/stress/modes.h"

int main(int argc, char** argv) {
  const int count = argc >= 3 ? std::atoi(argv[2]) : 0;
  const int at_once = argc == 4 ? std::atoi(argv[3]) : 1;
  try {
    if (count > 0 && std::strcmp(argv[1], "row") == 0) {
      return tests::RunInARow(count, at_once) ? 0 : 1;
    }
    if (count > 0 && std::strcmp(argv[1], "alive") == 0) {
      return tests::KeepAlive(count) ? 0 : 1;
    }
    if (count > 0 && std::strcmp(argv[1], "kill") == 0) {
      return tests::KillAtRandom(count) ? 0 : 1;
    }
    if (count > 0 && std::strcmp(argv[1], "pipeline") == 0) {
      return tests::KillPipelinesAtRandom(count) ? 0 : 1;
    }
  } catch (const std::exception& e) {
    std::fprintf(stderr, "stress: %s\n", e.what());
    return 1;
  }
  std::fputs("usage: stress row COUNT [AT_ONCE] | alive COUNT | kill ROUNDS | pipeline ROUNDS\n",
             stderr);
  return 2;
}
