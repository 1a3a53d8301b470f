// runner: the command. The container verbs are here, in a static program that loads nothing else;
// every other verb is handed to runner-main, which has the libraries for it (a start of that costs
// some 20 ms of loading).
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "runner/program_files.h"
#include "runner/verbs/container_verbs.h"
#include "runner/verbs/verbs.h"

namespace {

struct LightVerb {
  const char* name;
  int (*main)(std::vector<std::string>);
};

constexpr std::array<LightVerb, 3> kLightVerbs = {{{"run", runner::RunMain},
                                                   {"container", runner::ContainerMain},
                                                   {"version", runner::VersionMain}}};

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

int HandOverContainer(const char* verb, const std::vector<std::string>& args) {
  std::vector<std::string> words = {"runner", "container", verb};
  words.insert(words.end(), args.begin(), args.end());
  std::vector<char*> argv;
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  return HandOver(argv.data());
}

}  // namespace

namespace runner {

int ContainerCommitMain(std::vector<std::string> args) { return HandOverContainer("commit", args); }
int ContainerCopyMain(std::vector<std::string> args) { return HandOverContainer("cp", args); }
int ContainerExportMain(std::vector<std::string> args) { return HandOverContainer("export", args); }

}  // namespace runner

int main(int argc, char** argv) {
  OpenStandardDescriptors();
  if (argc > 1) {
    for (const LightVerb& verb : kLightVerbs) {
      if (std::strcmp(argv[1], verb.name) == 0) {
        return verb.main({argv + 2, argv + argc});
      }
    }
  }
  return HandOver(argv);
}
