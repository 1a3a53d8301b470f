#include "runtime/network/helper/way_out_guard.h"

#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

#include "runtime/base/fd.h"
#include "runtime/network/helper_order.h"

namespace runtime::network::helper {
namespace {

constexpr size_t kMaxMessage = 4096;

// The first line that isn't about what went well.
std::string Reason(const std::string& text) {
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    if (!line.empty() && line.find("tapfd=") == std::string::npos && !line.starts_with("WARNING")) {
      return line;
    }
    begin = end + 1;
  }
  return "it says no reason";
}

std::string ReadToEnd(int fd) {
  std::string text;
  char buffer[512];
  ssize_t n = 0;
  while ((n = ::read(fd, buffer, sizeof buffer)) > 0) {
    text.append(buffer, text.size() < kMaxMessage ? static_cast<size_t>(n) : 0);
  }
  return text;
}

[[noreturn]] void Execute(char* const* command, int ready, int errors) {
  ::dup2(errors, STDERR_FILENO);
  ::dup2(ready, kGuardReady);
  ::close(kHelperControl);
  char* env[] = {nullptr};
  ::execve(command[0], command, env);
  ::_exit(127);
}

// Empty when the command serves, else why not. What it says later goes nowhere: SIGPIPE is ignored.
std::string Start(char* const* command, pid_t& child) {
  base::Pipe ready = base::MakePipe();
  base::Pipe errors = base::MakePipe();
  child = ::fork();
  if (child == 0) {
    Execute(command, ready.write.get(), errors.write.get());
  }
  ready.write.Reset();
  errors.write.Reset();
  char byte = 0;
  if (child > 0 && ::read(ready.read.get(), &byte, 1) == 1) {
    return "";
  }
  return std::string(command[0]) + ": " + Reason(ReadToEnd(errors.read.get()));
}

}  // namespace

void GuardWayOut(char* const* command) {
  pid_t child = -1;
  const std::string failure = Start(command, child);
  if (failure.empty()) {
    const base::UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
    SendPacket(kHelperControl, kHelperStarted,
               process ? std::vector<int>{process.get()} : std::vector<int>{});
  } else {
    SendPacket(kHelperControl, std::string(kHelperFailed) + failure, {});
  }
  pollfd runner = {kHelperControl, 0, 0};
  while (failure.empty() && ::poll(&runner, 1, -1) < 0 && errno == EINTR) {
  }
}

}  // namespace runtime::network::helper
