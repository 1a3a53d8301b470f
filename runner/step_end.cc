#include "runner/step_end.h"

#include <sys/statvfs.h>

#include <string>
#include <variant>

#include "runtime/base/overloaded.h"

namespace runner {
namespace container = runtime::container;

pipeline::StepResult StepResultOf(const container::ContainerEnd& end, bool needs_shell) {
  using pipeline::Cause;
  using pipeline::Outcome;
  pipeline::StepResult result;
  result.outcome = Outcome::kFailed;
  result.reason = container::Describe(end.status);
  result.usage = {.wall = end.usage.wall,
                  .user = end.usage.user,
                  .system = end.usage.system,
                  .peak_memory_bytes = end.usage.peak_memory_bytes,
                  .read_bytes = end.usage.read_bytes,
                  .written_bytes = end.usage.written_bytes,
                  .peak_processes = end.usage.peak_processes};
  std::visit(runtime::base::Overloaded{
                 [&](const container::Exited& s) {
                   result.cause = s.code == 0 ? Cause::kNone : Cause::kExitCode;
                   result.exit_code = s.code;
                   if (s.code == 0) {
                     result.outcome = Outcome::kPassed;
                     result.reason.clear();
                   }
                 },
                 [&](const container::Signaled& s) {
                   result.cause = Cause::kSignal;
                   result.signal = s.signal;
                 },
                 [&](const container::OutOfMemory&) { result.cause = Cause::kOutOfMemory; },
                 [&](const container::OutOfDisk&) { result.cause = Cause::kDisk; },
                 [&](const container::TimedOut&) {
                   result.outcome = Outcome::kTimedOut;
                   result.cause = Cause::kTimeout;
                 },
                 [&](const container::Cancelled&) { result.outcome = Outcome::kCancelled; },
                 [&](const container::NotStarted& s) {
                   result.cause = Cause::kExitCode;
                   result.exit_code = s.code;
                   if (needs_shell) {
                     result.reason +=
                         "; `run` needs a shell in the image: use `argv` to start a program "
                         "without one";
                   }
                 }},
             end.status);
  if (const std::string limits = container::DescribeLimits(end); !limits.empty()) {
    result.reason += "; " + limits;
  }
  return result;
}

pipeline::StepResult FailedStep(const std::string& reason) {
  pipeline::StepResult result;
  result.outcome = pipeline::Outcome::kFailed;
  result.reason = reason;
  return result;
}

void MentionFullDisk(const std::filesystem::path& disk, pipeline::StepResult& result) {
  constexpr uint64_t kFull = 4u << 20;
  struct statvfs st;
  if (result.outcome == pipeline::Outcome::kFailed && ::statvfs(disk.c_str(), &st) == 0 &&
      st.f_bavail * st.f_frsize < kFull) {
    result.reason += "; the disk of " + disk.string() + " is full";
  }
}

}  // namespace runner
