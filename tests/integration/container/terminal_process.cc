#include "tests/integration/container/terminal_process.h"

#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "runtime/base/files.h"

namespace tests {

TerminalProcess::~TerminalProcess() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
}

void TerminalProcess::Begin(const Words& words) {
  std::vector<char*> arguments;
  for (const std::string& word : words) {
    arguments.push_back(const_cast<char*>(word.c_str()));
  }
  arguments.push_back(nullptr);
  winsize size = {33, 77, 0, 0};
  int master = -1;
  pid_ = ::forkpty(&master, nullptr, nullptr, &size);
  ASSERT_GE(pid_, 0);
  if (pid_ == 0) {
    ::execvp(arguments[0], arguments.data());
    ::_exit(99);
  }
  master_.Reset(master);
}

void TerminalProcess::Type(const std::string& keys) {
  runtime::base::WriteAll(master_.get(), keys, "terminal");
}

void TerminalProcess::ResizeAndType(const std::string& keys) {
  ASSERT_EQ(::kill(pid_, SIGSTOP), 0);
  ASSERT_EQ(::waitpid(pid_, nullptr, WUNTRACED), pid_);
  const winsize size = {44, 88, 0, 0};
  ASSERT_EQ(::ioctl(master_.get(), TIOCSWINSZ, &size), 0);
  Type(keys);
  ASSERT_EQ(::kill(pid_, SIGCONT), 0);
}

std::string TerminalProcess::ReadUntil(const std::string& text) {
  std::array<char, 4096> data;
  ssize_t n = 0;
  while ((text.empty() || shown_.find(text) == std::string::npos) &&
         (n = ::read(master_.get(), data.data(), data.size())) > 0) {
    shown_.append(data.data(), static_cast<size_t>(n));
  }
  return shown_;
}

int TerminalProcess::Wait() {
  ReadUntil("");
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace tests
