// runner: the command. The container verbs are here, in a static program that loads nothing else;
// every other verb is handed to runner-main, which has the libraries for it (a start of that costs
// some 20 ms of loading).
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "runner/program_files.h"
#include "runner/verbs/container_verbs.h"
#include "runner/verbs/verbs.h"

namespace {

// Nothing when it isn't here.
std::optional<int> RunLightVerb(const std::string& verb, const std::vector<std::string>& rest) {
  if (verb == "run") {
    return runner::RunMain(rest);
  }
  if (verb == "container") {
    return runner::RunLightContainerVerb(rest);
  }
  return verb == "version" ? std::optional(runner::VersionMain(rest)) : std::nullopt;
}

// A standard descriptor that is closed would be the next file we open, and a container's output.
void OpenStandardDescriptors() {
  int fd = ::open("/dev/null", O_RDWR);
  while (fd >= 0 && fd <= STDERR_FILENO) {
    fd = ::open("/dev/null", O_RDWR);
  }
  ::close(fd);
}

int HandOver(char* const* argv) {
  const std::string program = runner::HelperProgram("runner-main");
  ::execv(program.c_str(), argv);
  std::fprintf(stderr, "runner: start %s: %s; is the installation complete?\n", program.c_str(),
               std::strerror(errno));
  return 3;
}

}  // namespace

int main(int argc, char** argv) {
  OpenStandardDescriptors();
  if (argc > 1) {
    if (const std::optional<int> code = RunLightVerb(argv[1], {argv + 2, argv + argc})) {
      return *code;
    }
  }
  return HandOver(argv);
}
