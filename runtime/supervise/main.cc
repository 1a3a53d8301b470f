#include "runtime/supervise/main.h"

#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "runtime/supervise/process.h"
#include "runtime/supervise/supervisor.h"

namespace runtime::supervise {
namespace {

// One second less than what docker and we give a container by default.
constexpr int64_t kDefaultGrace = 9'000;
constexpr int64_t kLongestGrace = 86'400;  // seconds
constexpr char kGraceVariable[] = "RUNNER_INIT_GRACE";

int Usage() {
  constexpr char kText[] =
      "usage: runner-init [-- [COMMAND [ARGUMENT...]]]   supervise /etc/service\n"
      "       runner-init status [NAME]\n"
      "       runner-init start NAME\n"
      "       runner-init stop NAME\n";
  [[maybe_unused]] const ssize_t n = ::write(STDERR_FILENO, kText, sizeof kText - 1);
  return 125;
}

int64_t Grace() {
  const char* text = ::getenv(kGraceVariable);
  if (text == nullptr) {
    return kDefaultGrace;
  }
  int64_t seconds = 0;
  const char* digit = text;
  for (; *digit >= '0' && *digit <= '9' && seconds <= kLongestGrace; ++digit) {
    seconds = seconds * 10 + (*digit - '0');
  }
  if (digit == text || *digit != '\0' || seconds > kLongestGrace) {
    Line line;
    Say(line << kGraceVariable << "=" << text << ": not a number of seconds; " << kDefaultGrace
             << " ms are given");
    return kDefaultGrace;
  }
  return seconds * 1000;
}

int Supervise(const char* const* command) {
  static Supervisor supervisor(STDOUT_FILENO, Grace());
  return supervisor.Run(command[0] == nullptr ? nullptr : command);
}

}  // namespace

int Main(int argc, char** argv) {
  const std::string_view word = argc > 1 ? argv[1] : "--";
  if (word == "--") {
    return Supervise(argv + (argc > 1 ? 2 : 1));
  }
  const bool by_name = word == "start" || word == "stop";
  if (argc > 3 || (!by_name && word != "status") || (by_name && argc != 3)) {
    return Usage();
  }
  Text<kMaxRequest> request;
  request << word;
  if (argc == 3) {
    request << " " << argv[2];
  }
  return Ask(request.view());
}

}  // namespace runtime::supervise
