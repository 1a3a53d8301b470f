#include "runtime/registry/credential_helper.h"

#include <nlohmann/json.hpp>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>

#include "runtime/base/error.h"
#include "runtime/base/fd.h"
#include "runtime/base/files.h"
#include "runtime/base/stop.h"

extern char** environ;

namespace runtime::registry {
namespace {

using base::Error;
using base::ErrorKind;
using Json = nlohmann::json;

constexpr std::chrono::seconds kPatience{30};
constexpr size_t kMaxAnswer = 64 * 1024;

struct Outcome {
  bool succeeded = false;
  std::string output;
};

// Kills and reaps a child unless Wait() has.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      Wait();
    }
  }
  bool Wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

 private:
  pid_t pid_;
};

pid_t Spawn(const std::string& program, const std::string& verb, int input, int output) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  std::string name = program;
  std::string argument = verb;
  char* const arguments[] = {name.data(), argument.data(), nullptr};
  pid_t pid = -1;
  const int result = ::posix_spawnp(&pid, program.c_str(), &actions, nullptr, arguments, environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (result != 0) {
    throw Error::FromErrno("run " + program, result);
  }
  return pid;
}

std::string ReadAnswer(int fd, const std::string& program, const std::stop_token& stop) {
  const base::StopEvent stopped(stop);
  const auto until = std::chrono::steady_clock::now() + kPatience;
  std::string text;
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    pollfd waited[2] = {{fd, POLLIN, 0}, {stopped.fd(), POLLIN, 0}};
    const int ready = ::poll(waited, 2, static_cast<int>(std::max<int64_t>(left.count(), 0)));
    base::WithContext("ask " + program, [&] { base::ThrowIfStopped(stop); });
    if (ready == 0 || text.size() > kMaxAnswer) {
      throw Error(ErrorKind::kUnavailable, program + ": no proper answer");
    }
    char buffer[4096];
    const ssize_t n = ready < 0 ? -1 : ::read(fd, buffer, sizeof(buffer));
    if (n == 0) {
      return text;
    }
    if (n < 0 && errno != EINTR) {
      throw Error::FromErrno("read from " + program);
    }
    text.append(buffer, static_cast<size_t>(std::max<ssize_t>(n, 0)));
  }
}

Outcome Run(const std::string& program, const std::string& verb, const std::string& text,
            const std::stop_token& stop = {}) {
  base::Pipe input = base::MakePipe();
  base::Pipe output = base::MakePipe();
  // It fits into the pipe: no helper can make us wait or die by leaving it unread.
  if (text.size() > 4096) {
    throw Error(ErrorKind::kInvalid, program + ": the credentials are too long");
  }
  base::WriteAll(input.write.get(), text, program);
  Child child(Spawn(program, verb, input.read.get(), output.write.get()));
  input.write.Reset();
  output.write.Reset();
  Outcome outcome;
  outcome.output = ReadAnswer(output.read.get(), program, stop);
  outcome.succeeded = child.Wait();
  return outcome;
}

// What a failed helper says, one line.
std::string Reason(const Outcome& outcome) {
  return outcome.output.empty() ? "failed"
                                : outcome.output.substr(0, outcome.output.find_first_of("\r\n"));
}

}  // namespace

CredentialHelper::CredentialHelper(const std::string& name)
    : program_("docker-credential-" + name) {
  const bool fine = std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.';
  });
  if (name.empty() || !fine) {
    throw Error(ErrorKind::kInvalid, "not a credential helper's name: " + name);
  }
}

std::optional<Credentials> CredentialHelper::Get(const std::string& server,
                                                 const std::stop_token& stop) const {
  const Outcome outcome = Run(program_, "get", server, stop);
  if (!outcome.succeeded) {
    if (outcome.output.find("credentials not found") != std::string::npos) {
      return std::nullopt;
    }
    throw Error(ErrorKind::kUnavailable, program_ + ": " + Reason(outcome));
  }
  const Json answer = Json::parse(outcome.output, nullptr, false);
  if (!answer.is_object() || !answer.contains("Username") || !answer["Username"].is_string() ||
      !answer.contains("Secret") || !answer["Secret"].is_string()) {
    throw Error(ErrorKind::kInvalid, program_ + ": the answer has no user name and secret");
  }
  const std::string user = answer["Username"];
  const std::string secret = answer["Secret"];
  return user == "<token>" ? Credentials{"", "", secret} : Credentials{user, secret, ""};
}

void CredentialHelper::Store(const std::string& server, const Credentials& credentials) const {
  const bool token = !credentials.identity_token.empty();
  const Json entry = {{"ServerURL", server},
                      {"Username", token ? "<token>" : credentials.user},
                      {"Secret", token ? credentials.identity_token : credentials.password}};
  const Outcome outcome = Run(program_, "store", entry.dump());
  if (!outcome.succeeded) {
    throw Error(ErrorKind::kUnavailable, program_ + ": " + Reason(outcome));
  }
}

void CredentialHelper::Erase(const std::string& server) const {
  const Outcome outcome = Run(program_, "erase", server);
  if (!outcome.succeeded) {
    throw Error(ErrorKind::kUnavailable, program_ + ": " + Reason(outcome));
  }
}

}  // namespace runtime::registry
