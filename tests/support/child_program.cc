#include "tests/support/child_program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>

extern char** environ;

namespace tests {
namespace {

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) {
    pointers.push_back(text.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> WithEnvironment(std::map<std::string, std::string> variables) {
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const size_t equals = text.find('=');
    variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  std::vector<std::string> texts;
  for (const auto& [name, value] : variables) {
    texts.push_back(name + "=" + value);
  }
  return texts;
}

}  // namespace

ChildProgram::ChildProgram(const std::vector<std::string>& argv,
                           const std::map<std::string, std::string>& environment) {
  std::vector<std::string> arguments = argv;
  std::vector<std::string> variables = WithEnvironment(environment);
  const std::vector<char*> argument_pointers = Pointers(arguments);
  const std::vector<char*> variable_pointers = Pointers(variables);
  runtime::base::Pipe out = runtime::base::MakePipe();
  runtime::base::Pipe err = runtime::base::MakePipe();
  const runtime::base::UniqueFd nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(nothing.get(), STDIN_FILENO);
    ::dup2(out.write.get(), STDOUT_FILENO);
    ::dup2(err.write.get(), STDERR_FILENO);
    ::execvpe(argument_pointers[0], argument_pointers.data(), variable_pointers.data());
    ::_exit(127);
  }
  out_fd_ = std::move(out.read);
  err_fd_ = std::move(err.read);
}

ChildProgram::~ChildProgram() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
}

bool ChildProgram::ReadSome(int timeout_ms) {
  pollfd events[2] = {{out_fd_.get(), POLLIN, 0}, {err_fd_.get(), POLLIN, 0}};
  if (events[0].fd < 0 && events[1].fd < 0) {
    return false;
  }
  if (::poll(events, 2, timeout_ms) <= 0) {
    throw std::runtime_error("no output any more; so far:\n" + out_ + err_);
  }
  const auto read_from = [](const pollfd& event, runtime::base::UniqueFd& fd, std::string& text) {
    if (event.revents == 0) {
      return;
    }
    char data[65536];
    const ssize_t n = ::read(fd.get(), data, sizeof data);
    if (n <= 0) {
      fd.Reset();
    } else {
      text.append(data, static_cast<size_t>(n));
    }
  };
  read_from(events[0], out_fd_, out_);
  read_from(events[1], err_fd_, err_);
  return true;
}

void ChildProgram::AwaitOutput(const std::string& text) {
  while (out_.find(text) == std::string::npos && err_.find(text) == std::string::npos) {
    if (!ReadSome(30'000)) {
      throw std::runtime_error("ended without \"" + text + "\":\n" + out_ + err_);
    }
  }
}

void ChildProgram::Signal(int signal) const { ::kill(pid_, signal); }

int ChildProgram::Wait() {
  while (ReadSome(60'000)) {
  }
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace tests
