#include "runtime/container/exit_status.h"

#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>

#include "runtime/base/overloaded.h"
#include "runtime/base/units.h"

namespace runtime::container {
namespace {

std::string SignalName(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name != nullptr ? std::string("SIG") + name : "signal " + std::to_string(signal);
}

}  // namespace

NotStarted NotStartedBy(int number, const std::string& program) {
  const bool missing = number == ENOENT || number == ENOTDIR;
  return {missing ? 127 : 126,
          program + ": " + (missing ? "not found in the image" : std::strerror(number))};
}

ExitStatus StatusOf(int wait_status) {
  if (WIFSIGNALED(wait_status)) {
    return Signaled{WTERMSIG(wait_status)};
  }
  return Exited{WEXITSTATUS(wait_status)};
}

int ExitCode(const ExitStatus& status) {
  return std::visit(
      base::Overloaded{[](const Exited& s) { return s.code; },
                       [](const Signaled& s) { return 128 + s.signal; },
                       [](const OutOfMemory&) { return 137; }, [](const OutOfDisk&) { return 137; },
                       [](const TimedOut&) { return 124; }, [](const Cancelled&) { return 130; },
                       [](const NotStarted& s) { return s.code; }},
      status);
}

std::string Describe(const ExitStatus& status) {
  return std::visit(
      base::Overloaded{
          [](const Exited& s) { return "exit code " + std::to_string(s.code); },
          [](const Signaled& s) { return "killed by " + SignalName(s.signal); },
          [](const OutOfMemory& s) {
            return "out of memory: peak " + base::FormatSize(s.peak_bytes) + ", limit " +
                   base::FormatSize(s.limit_bytes) +
                   (s.process.empty() ? "" : ", process " + s.process);
          },
          [](const OutOfDisk& s) {
            return "out of disk: at least " + base::FormatSize(s.used_bytes) + " used, limit " +
                   base::FormatSize(s.limit_bytes);
          },
          [](const TimedOut& s) { return "timed out after " + base::FormatDuration(s.limit); },
          [](const Cancelled&) { return std::string("cancelled"); },
          [](const NotStarted& s) { return s.reason; }},
      status);
}

std::string DescribeLimits(const ContainerEnd& end) {
  std::string text;
  for (const std::string& limit : end.limits_reached) {
    text += (text.empty() ? "it reached its limit of " : " and of ") + limit;
  }
  return text;
}

}  // namespace runtime::container
