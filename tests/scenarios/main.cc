// run_scenarios FOLDER...: runs every scenario of the folders and says what isn't as expected.
#include <cstdio>
#include <exception>

#include "tests/scenarios/scenario.h"

int main(int argc, char** argv) {
  int count = 0;
  int failed = 0;
  try {
    for (int i = 1; i < argc; ++i) {
      for (const pipeline::Scenario& scenario : pipeline::FindScenarios(argv[i])) {
        const std::vector<std::string> differences = pipeline::RunScenario(scenario);
        std::printf("%s %s\n", differences.empty() ? "ok    " : "FAILED", scenario.name.c_str());
        for (const std::string& difference : differences) {
          std::printf("       %s\n", difference.c_str());
        }
        ++count;
        failed += differences.empty() ? 0 : 1;
      }
    }
  } catch (const std::exception& e) {
    std::fprintf(stderr, "run_scenarios: %s\n", e.what());
    return 2;
  }
  std::printf("%d scenarios, %d failed\n", count, failed);
  return count > 0 && failed == 0 ? 0 : 1;
}
