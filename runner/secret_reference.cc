#include "runner/secret_reference.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <sstream>
#include <vector>

#include "runner/secret_forms.h"
#include "runtime/base/error.h"
#include "runtime/base/fd.h"
#include "runtime/base/files.h"
#include "runtime/base/terminal_text.h"

namespace runner {
namespace {

using runtime::base::Error;
using runtime::base::ErrorKind;

constexpr std::string_view kFile = "file:";
constexpr std::string_view kEnv = "env:";
constexpr std::string_view kCommand = "command:";
constexpr size_t kMaxBytes = 64u << 10;
constexpr std::chrono::seconds kCommandTime{10};

// Reads until the end or a bound; ends early with an empty result when time is up.
std::string ReadInTime(int fd) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + kCommandTime;
  std::string text;
  while (text.size() <= kMaxBytes) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    pollfd ready = {fd, POLLIN, 0};
    char buffer[4096];
    ssize_t got = 0;
    if (left <= 0 || ::poll(&ready, 1, static_cast<int>(left)) <= 0 ||
        (got = ::read(fd, buffer, sizeof buffer)) < 0) {
      throw Error(ErrorKind::kUnavailable, "no answer in 10 s");
    }
    if (got == 0) {
      return text;
    }
    text.append(buffer, static_cast<size_t>(got));
  }
  throw Error(ErrorKind::kInvalid, "longer than 64 KiB");
}

std::string RunCommand(const std::string& line) {
  std::vector<std::string> words;
  std::istringstream split(line);
  for (std::string word; split >> word;) {
    words.push_back(word);
  }
  std::vector<char*> argv;
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  runtime::base::Pipe output = runtime::base::MakePipe();
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, output.write.get(), STDOUT_FILENO);
  pid_t child = -1;
  const int failed = words.empty()
                         ? ENOENT
                         : ::posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    throw Error::FromErrno("start", failed);
  }
  output.write.Reset();
  std::string text;
  int status = 0;
  try {
    text = ReadInTime(output.read.get());
  } catch (const Error&) {
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
    throw;
  }
  ::waitpid(child, &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    throw Error(ErrorKind::kUnavailable, "the command failed");
  }
  return text;
}

std::string ReadEnvironment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) {
    throw Error(ErrorKind::kNotFound, "no such variable in the environment");
  }
  return value;
}

void CheckForm(const std::string& secret, SecretForm form) {
  // What may be shown as it is holds nothing but text.
  if (form == SecretForm::kLine && runtime::base::ForMessage(secret) != secret) {
    throw Error(ErrorKind::kUsage, "it must be one line of UTF-8 text without control characters");
  }
  if (form == SecretForm::kPrivateKey && (!secret.starts_with("-----BEGIN ") ||
                                          secret.find("PRIVATE KEY-----") == std::string::npos)) {
    throw Error(ErrorKind::kUsage,
                "it is no private key: its first line must be \"-----BEGIN ... PRIVATE KEY-----\"");
  }
  if (form == SecretForm::kForSteps && secret.size() < kMinSecretBytes) {
    throw Error(ErrorKind::kUsage, "it must have at least " + std::to_string(kMinSecretBytes) +
                                       " characters: a shorter one can't be kept out of the logs");
  }
}

}  // namespace

bool IsSecretReference(std::string_view text) {
  for (const std::string_view form : {kFile, kEnv, kCommand}) {
    if (text.starts_with(form)) {
      return text.size() > form.size();
    }
  }
  return false;
}

std::string ReadSecret(const std::string& reference) {
  return runtime::base::WithContext("secret " + reference, [&] {
    std::string secret;
    if (reference.starts_with(kFile)) {
      secret = runtime::base::ReadFile(reference.substr(kFile.size()), kMaxBytes);
    } else if (reference.starts_with(kEnv)) {
      secret = ReadEnvironment(reference.substr(kEnv.size()));
    } else if (reference.starts_with(kCommand)) {
      secret = RunCommand(reference.substr(kCommand.size()));
    } else {
      throw Error(ErrorKind::kUsage, "not file:PATH, env:NAME or command:PROGRAM ARGS");
    }
    if (secret.find_first_not_of("\r\n") == std::string::npos) {
      throw Error(ErrorKind::kUsage, "it is empty");
    }
    return secret;
  });
}

std::string ResolveSecret(const std::string& reference, SecretForm form) {
  std::string secret = ReadSecret(reference);
  secret.erase(secret.find_last_not_of("\r\n") + 1);
  runtime::base::WithContext("secret " + reference, [&] { CheckForm(secret, form); });
  return secret;
}

}  // namespace runner
