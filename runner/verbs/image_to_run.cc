#include "runner/verbs/image_to_run.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "runner/program_files.h"
#include "runner/refuse.h"
#include "runtime/base/error.h"
#include "runtime/image/manifest.h"
#include "runtime/image/reference.h"

extern char** environ;

namespace runner {
namespace base = runtime::base;
namespace {

// The exit code of `runner image pull`. What it prints is no output of the container.
int RunPull(const std::string& name, const Globals& globals) {
  std::vector<std::string> words = {HelperProgram("runner-main"), "image", "pull", "--root",
                                    globals.root};
  if (globals.quiet) {
    words.push_back("--quiet");
  }
  words.push_back(name);
  std::vector<char*> arguments;
  for (std::string& word : words) {
    arguments.push_back(word.data());
  }
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  if (globals.quiet) {
    ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  } else {
    ::posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
  }
  pid_t child = -1;
  const int failure =
      ::posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) {
    throw base::Error::FromErrno("start " + words[0], failure);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Pull ParsePull(const std::string& word) {
  if (word == "missing") {
    return Pull::kMissing;
  }
  if (word == "always") {
    return Pull::kAlways;
  }
  if (word == "never") {
    return Pull::kNever;
  }
  Refuse("--pull", word, "missing, always or never");
}

void RequirePlatform(const std::string& platform) {
  const std::string ours = "linux/" + runtime::image::HostArchitecture();
  if (platform != "linux" && platform != ours) {
    Refuse("--platform", platform, ours + ", which is what this host runs");
  }
}

std::optional<runtime::image::Image> ImageToRun(const runtime::image::ImageStore& store,
                                                const std::string& name, Pull pull,
                                                const Globals& globals, int& code) {
  if (pull != Pull::kAlways) {
    if (std::optional<runtime::image::Image> found = store.Find(name)) {
      return found;
    }
  }
  // An id is no name that a registry knows.
  if (pull != Pull::kNever && runtime::image::Reference::Parse(name)) {
    const int pulled = RunPull(name, globals);
    if (pulled != kExitPassed) {
      code = pulled == kExitInterrupted ? pulled : kContainerFailureCodes.ours;
      return std::nullopt;
    }
  }
  return store.Get(name);
}

}  // namespace runner
