#include "tests/support/command.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "runtime/base/error.h"
#include "runtime/base/fd.h"
#include "runtime/base/files.h"

extern char** environ;

namespace tests {

using runtime::base::Error;
using runtime::base::UniqueFd;

CommandResult RunCommand(const std::vector<std::string>& command, const std::string& input) {
  std::vector<char*> arguments;
  for (const std::string& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  const UniqueFd in(::memfd_create("input", MFD_CLOEXEC));
  runtime::base::WriteAll(in.get(), input, "input");
  ::lseek(in.get(), 0, SEEK_SET);
  runtime::base::Pipe out = runtime::base::MakePipe();
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in.get(), STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, out.write.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, out.write.get(), STDERR_FILENO);
  pid_t pid = -1;
  const int failure =
      ::posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) {
    throw Error::FromErrno("run " + command[0], failure);
  }
  out.write.Reset();
  CommandResult result;
  result.output = runtime::base::ReadAll(out.read.get(), command[0]);
  int status = 0;
  ::waitpid(pid, &status, 0);
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

}  // namespace tests
