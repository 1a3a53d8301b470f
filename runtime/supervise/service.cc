#include "runtime/supervise/service.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "runtime/supervise/process.h"
#include "runtime/supervise/signal_names.h"

namespace runtime::supervise {

bool Service::Open(int directory, const char* name) {
  if (::strlen(name) > kMaxName) {
    errno = ENAMETOOLONG;
    return false;
  }
  ::strcpy(name_, name);  // NOLINT: the length was checked
  directory_ = ::openat(directory, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (directory_ < 0 || !relay_.Open(name_)) {
    return false;
  }
  ReadStopSignal();
  return true;
}

void Service::ReadStopSignal() {
  char text[32];
  const int file = ::openat(directory_, "down-signal", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  const ssize_t n = file < 0 ? 0 : ::read(file, text, sizeof text);
  ::close(file);
  if (n <= 0) {
    return;
  }
  std::string_view word(text, static_cast<size_t>(n));
  while (!word.empty() && ::strchr("\n\r ", word.back()) != nullptr) {
    word.remove_suffix(1);
  }
  const int signal = SignalNumber(word);
  if (signal != 0) {
    stop_signal_ = signal;
  } else {
    Line line;
    Say(line << name_ << ": down-signal names no signal; SIGTERM is sent");
  }
}

bool Service::starts_down() const {
  return ::faccessat(directory_, "down", F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

void Service::Start(int64_t now) {
  wanted_ = true;
  if (state_ == State::kDown || state_ == State::kWaiting) {
    Run(now);
  }
}

void Service::Run(int64_t now) {
  static constexpr const char* kArguments[] = {"./run", nullptr};
  state_ = State::kUp;
  since_ = now;
  deadline_ = -1;
  pid_ = supervise::Start(
      {.argv = kArguments, .directory = directory_, .output = relay_.writer(), .session = true});
  if (pid_ < 0) {
    Line line;
    Say(line << name_ << ": can't be started: " << ::strerror(errno));
    ran_ = 0;
    last_status_ = 126 << 8;
    EndOfRun(now);
  }
}

void Service::Stop(int64_t now, int64_t grace) {
  wanted_ = false;
  if (state_ == State::kWaiting) {
    state_ = State::kDown;
    since_ = now;
    deadline_ = -1;
  } else if (state_ != State::kDown) {
    if (state_ == State::kUp) {
      ::kill(pid_, stop_signal_);
      ::kill(pid_, SIGCONT);
    }
    deadline_ = now + grace;
  }
}

void Service::Signal(int signal) const {
  if (state_ == State::kUp) {
    ::kill(pid_, signal);
  }
}

void Service::KillRest() const { ::kill(-pid_, SIGKILL); }

void Service::Ended(int status, int64_t now) {
  pid_ = -1;
  relay_.EndLine();
  if (state_ == State::kFinishing) {
    EndOfRun(now);
    return;
  }
  ran_ = now - since_;
  last_status_ = status;
  if (Finish(status)) {
    state_ = State::kFinishing;
    since_ = now;
  } else {
    EndOfRun(now);
  }
}

// False when there is no such program.
bool Service::Finish(int status) {
  if (::faccessat(directory_, "finish", X_OK, 0) != 0) {
    return false;
  }
  Text<16> code;
  Text<16> signal;
  code << (WIFEXITED(status) ? WEXITSTATUS(status) : -1);
  signal << (WIFSIGNALED(status) ? WTERMSIG(status) : 0);
  const char* arguments[] = {"./finish", code.c_str(), signal.c_str(), nullptr};
  pid_ = supervise::Start(
      {.argv = arguments, .directory = directory_, .output = relay_.writer(), .session = true});
  return pid_ > 0;
}

void Service::EndOfRun(int64_t now) {
  state_ = wanted_ ? State::kWaiting : State::kDown;
  since_ = now;
  deadline_ = -1;
  if (wanted_) {
    const int64_t delay = back_off_.Next(ran_);
    deadline_ = now + delay;
    Line line;
    Say(line << name_ << ": " << DescribeStatus(last_status_).view() << " after " << ran_
             << " ms; starts again in " << delay << " ms");
  }
}

void Service::Tick(int64_t now) {
  if (deadline_ < 0 || now < deadline_) {
    return;
  }
  deadline_ = -1;
  if (state_ == State::kWaiting) {
    Run(now);
  } else if (stopping()) {
    Line line;
    Say(line << name_ << ": killed, since it did not end when asked to");
    was_killed_ = true;
    ::kill(pid_, SIGKILL);
  }
}

Line Service::Describe(int64_t now) const {
  Line line;
  const int64_t seconds = (now - since_) / 1000;
  line << name_ << ": ";
  switch (state_) {
    case State::kDown:
      return line << "down " << seconds << " s";
    case State::kUp:
      return line << (wanted_ ? "up " : "stopping, up ") << seconds << " s, pid " << pid_;
    case State::kFinishing:
      return line << "finishing " << seconds << " s, pid " << pid_;
    case State::kWaiting:
      return line << "down " << seconds << " s, starts again in " << deadline_ - now << " ms";
  }
  return line;
}

}  // namespace runtime::supervise
