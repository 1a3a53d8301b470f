// runner version
#include <cstdio>

#include "runner/cli.h"
#include "runner/verbs/verbs.h"

namespace runner {

int VersionMain(std::vector<std::string> args) {
  return RunVerb(
      "version", "Print the version.", std::move(args), [](CLI::App&) {},
      [](const Globals&) {
        std::puts("runner " RUNNER_VERSION);
        return kExitPassed;
      });
}

}  // namespace runner
