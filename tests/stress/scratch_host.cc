#include "tests/stress/scratch_host.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>

#include "runner/image_container.h"
#include "runtime/base/error.h"

extern char** environ;

namespace tests {
namespace fs = std::filesystem;
namespace base = runtime::base;
namespace container = runtime::container;

namespace {

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) {
    throw base::Error(base::ErrorKind::kUsage, std::string(name) + " isn't set");
  }
  return value;
}

}  // namespace

ScratchHost::ScratchHost()
    : directory_(fs::temp_directory_path(), "stress"),
      state_(directory_.path() / "state"),
      nothing_(base::OpenFile("/dev/null", O_RDWR)) {
  ::setenv("RUNNER_ROOT", state_.root().c_str(), 1);
  const fs::path image = fs::path(Variable("RUNNER_SOURCE")) / "build/samples/images/busybox.tar";
  if (RunQuietly({program(), "image", "import", "-q", image, "busybox"}) != 0) {
    throw base::Error(base::ErrorKind::kNotFound,
                      "import " + image.string() + " (samples/images/make busybox makes it)");
  }
}

std::string ScratchHost::program() const { return Variable("RUNNER_BUILD") + "/bin/runner"; }

container::Host& ScratchHost::host() {
  if (!host_) {
    host_ = container::Host::Open(state_);
  }
  return *host_;
}

container::Container ScratchHost::Start(const container::ContainerDirectory& directory,
                                        const std::vector<std::string>& command) {
  const runtime::image::ImageStore store(state_);
  runner::ProgramChoice choice;
  choice.arguments = command;
  const container::ContainerSpec spec =
      runner::SpecForImage(store, store.Get("busybox"), directory, choice);
  return container::Container::Start(
      host(), spec, {.in = nothing_.get(), .out = nothing_.get(), .err = nothing_.get()});
}

int RunQuietly(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const std::string& word : command) {
    arguments.push_back(const_cast<char*>(word.c_str()));
  }
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t quiet;
  ::posix_spawn_file_actions_init(&quiet);
  for (int fd = 0; fd < 3; ++fd) {
    ::posix_spawn_file_actions_addopen(&quiet, fd, "/dev/null", O_RDWR, 0);
  }
  pid_t child = -1;
  const int failure =
      ::posix_spawn(&child, arguments[0], &quiet, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&quiet);
  int status = 0;
  if (failure != 0 || ::waitpid(child, &status, 0) != child) {
    throw base::Error::FromErrno("run " + command[0], failure);
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace tests
