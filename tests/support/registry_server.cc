#include "tests/support/registry_server.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>
#include <vector>

#include "runtime/base/fd.h"
#include "tests/support/command.h"

namespace tests {
namespace {

// Starts a program that ends with this one, both its outputs on `output`.
pid_t Start(const std::vector<std::string>& command, int output) {
  std::vector<char*> arguments;
  for (const std::string& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  return pid;
}

// Reads until `mark` was seen and answers what follows it up to the next of `stops`; throws when
// the other side ends or is silent for 20 seconds.
std::string ReadUntil(int fd, const std::string& mark, const char* stops) {
  std::string text;
  for (;;) {
    const size_t found = text.find(mark);
    const size_t end =
        found == std::string::npos ? found : text.find_first_of(stops, found + mark.size());
    if (end != std::string::npos) {
      return text.substr(found + mark.size(), end - found - mark.size());
    }
    pollfd waited{fd, POLLIN, 0};
    char buffer[4096];
    const ssize_t n = ::poll(&waited, 1, 20'000) == 1 ? ::read(fd, buffer, sizeof(buffer)) : 0;
    if (n <= 0) {
      throw std::runtime_error("docker-registry didn't start: " + text);
    }
    text.append(buffer, static_cast<size_t>(n));
  }
}

// "user:hash" as htpasswd(1) writes it; cost 4, the least that bcrypt has.
std::string PasswordLine(const RegistryServer::Login& login) {
  return RunCommand({"htpasswd", "-nbB", "-C", "4", login.user, login.password}).output;
}

}  // namespace

RegistryServer::RegistryServer(const std::optional<Login>& login)
    : directory_(std::filesystem::temp_directory_path(), "registry") {
  const std::string root = directory_.path().string();
  std::string config =
      "version: 0.1\n"
      "log: {level: info, accesslog: {disabled: true}}\n"
      "storage: {filesystem: {rootdirectory: " +
      root +
      "/storage}, delete: {enabled: true}}\n"
      "http: {addr: '127.0.0.1:0', secret: a-test}\n";
  if (login) {
    runtime::base::WriteFileAtomically(root + "/htpasswd", PasswordLine(*login),
                                       runtime::base::Durability::kNoFlush);
    config += "auth: {htpasswd: {realm: test, path: " + root + "/htpasswd}}\n";
  }
  runtime::base::WriteFileAtomically(root + "/config.yml", config,
                                     runtime::base::Durability::kNoFlush);
  runtime::base::Pipe pipe = runtime::base::MakePipe();
  pid_ = Start({"docker-registry", "serve", root + "/config.yml"}, pipe.write.get());
  pipe.write.Reset();
  log_ = std::move(pipe.read);
  try {
    // The socket listens before this line is written.
    port_ = std::stoi(ReadUntil(log_.get(), "listening on 127.0.0.1:", "\" \n"));
  } catch (...) {
    Stop();
    throw;
  }
}

RegistryServer::~RegistryServer() { Stop(); }

void RegistryServer::Stop() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
}

}  // namespace tests
