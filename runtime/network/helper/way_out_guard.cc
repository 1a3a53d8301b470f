#include "runtime/network/helper/way_out_guard.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "runtime/base/fd.h"
#include "runtime/network/helper_order.h"

namespace runtime::network::helper {
namespace {

constexpr size_t kMaxMessage = 4096;

// The first line that isn't about its own log, without the time.
std::string Reason(const std::string& text) {
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    if (!line.empty() && line.find("syslog") == std::string::npos) {
      const size_t begin_of_words = line.find_first_not_of("0123456789.: ");
      return line.substr(begin_of_words == std::string::npos ? 0 : begin_of_words);
    }
    begin = end + 1;
  }
  return "it says no reason";
}

// Empty when the command has ended well, else why not.
std::string Run(char* const* command) {
  base::Pipe said = base::MakePipe();
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(said.write.get(), STDERR_FILENO);
    ::signal(SIGPIPE, SIG_DFL);  // pasta takes an ignored one for a failure.
    ::close(kHelperControl);
    char* env[] = {nullptr};
    ::execve(command[0], command, env);
    ::_exit(127);
  }
  said.write.Reset();
  // The one in the background keeps none of our descriptors, so this ends.
  std::string text;
  char buffer[512];
  ssize_t n = 0;
  while ((n = ::read(said.read.get(), buffer, sizeof buffer)) > 0) {
    text.append(buffer, text.size() < kMaxMessage ? static_cast<size_t>(n) : 0);
  }
  int status = 0;
  while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    return "";
  }
  return std::string(command[0]) + ": " + Reason(text);
}

}  // namespace

void GuardWayOut(char* const* command) {
  const std::string failure = Run(command);
  SendPacket(kHelperControl,
             failure.empty() ? std::string(kHelperStarted) : std::string(kHelperFailed) + failure,
             {});
  ::close(kGuardUserNamespace);
  ::close(kGuardNetworkNamespace);
  pollfd runner = {kHelperControl, 0, 0};
  while (failure.empty() && ::poll(&runner, 1, -1) < 0 && errno == EINTR) {
  }
}

}  // namespace runtime::network::helper
