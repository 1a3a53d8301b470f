#include "runtime/network/program.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runtime::network {
namespace {

using base::Error;
using base::ErrorKind;
using base::UniqueFd;

constexpr size_t kMaxMessage = 4096;

UniqueFd MemoryFile(std::string_view content) {
  UniqueFd file(::memfd_create("runner", MFD_CLOEXEC));
  if (!file) {
    throw Error::FromErrno("make a memory file");
  }
  base::WriteAll(file.get(), content, "a memory file");
  ::lseek(file.get(), 0, SEEK_SET);
  return file;
}

// Between fork and exec of a process that may have threads: system calls only.
[[noreturn]] void RunChild(int network, char* const* argv, int in, int err) {
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (::setns(network, CLONE_NEWNET) == 0 && ::dup2(in, STDIN_FILENO) >= 0 &&
      ::dup2(err, STDOUT_FILENO) >= 0 && ::dup2(err, STDERR_FILENO) >= 0) {
    char* env[] = {nullptr};
    ::execve(argv[0], argv, env);
  }
  ::_exit(127);
}

}  // namespace

std::filesystem::path FindProgram(std::string_view name, std::string_view package) {
  for (const char* directory :
       {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"}) {
    std::filesystem::path path = std::filesystem::path(directory) / name;
    if (::access(path.c_str(), X_OK) == 0) {
      return path;
    }
  }
  throw Error(ErrorKind::kUnsupported, "this host has no " + std::string(name) +
                                           ": apt-get install " + std::string(package));
}

void RunInside(int network, const std::vector<std::string>& command, std::string_view input) {
  std::vector<char*> argv;
  for (const std::string& word : command) {
    argv.push_back(const_cast<char*>(word.c_str()));
  }
  argv.push_back(nullptr);
  // Files, since the end of a pipe could be late: children of other threads have copies of it.
  const UniqueFd in = MemoryFile(input);
  const UniqueFd err = MemoryFile("");
  const pid_t child = ::fork();
  if (child < 0) {
    throw Error::FromErrno("fork");
  }
  if (child == 0) {
    RunChild(network, argv.data(), in.get(), err.get());
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    return;
  }
  ::lseek(err.get(), 0, SEEK_SET);
  std::string said(kMaxMessage, '\0');
  const ssize_t n = ::read(err.get(), said.data(), said.size());
  said.resize(n < 0 ? 0 : static_cast<size_t>(n));
  throw Error(ErrorKind::kInternal,
              command.front() + ": " +
                  (said.empty() ? "ended with status " + std::to_string(status)
                                : said.substr(0, said.find('\n'))));
}

}  // namespace runtime::network
