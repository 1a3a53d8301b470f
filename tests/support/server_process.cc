#include "tests/support/server_process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>

namespace tests {

int FreePort() {
  const runtime::base::UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(fd.get(), generic, size) != 0 || ::getsockname(fd.get(), generic, &size) != 0) {
    throw std::runtime_error("no free port");
  }
  return ntohs(address.sin_port);
}

ServerProcess::ServerProcess(const std::vector<std::string>& argv, const std::string& ready,
                             int input) {
  std::vector<std::string> copy = argv;
  std::vector<char*> arguments;
  for (std::string& argument : copy) {
    arguments.push_back(argument.data());
  }
  arguments.push_back(nullptr);
  runtime::base::Pipe pipe = runtime::base::MakePipe();
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::setpgid(0, 0);
    ::dup2(input >= 0 ? input : ::open("/dev/null", O_RDONLY), STDIN_FILENO);
    ::dup2(pipe.write.get(), STDOUT_FILENO);
    ::dup2(pipe.write.get(), STDERR_FILENO);
    ::setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
    ::setenv("HOME", "/nonexistent", 1);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  pipe.write.Reset();
  output_ = std::move(pipe.read);
  try {
    WaitFor(ready);
  } catch (...) {
    ::kill(-pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    throw;
  }
}

void ServerProcess::WaitFor(const std::string& ready) {
  std::string text;
  while (text.find(ready) == std::string::npos) {
    pollfd waited{output_.get(), POLLIN, 0};
    char buffer[4096];
    const ssize_t n = ::poll(&waited, 1, 20'000) == 1 ? ::read(output_.get(), buffer, 4096) : 0;
    if (n <= 0) {
      throw std::runtime_error("the server didn't start: " + text);
    }
    text.append(buffer, static_cast<size_t>(n));
  }
}

// The whole group: servers have workers.
ServerProcess::~ServerProcess() {
  ::kill(-pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

}  // namespace tests
