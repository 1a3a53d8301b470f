// ExitStatus: how a container ended.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace runtime::container {

struct Exited {
  int code = 0;
};
struct Signaled {
  int signal = 0;
};
struct OutOfMemory {
  uint64_t peak_bytes = 0;
  uint64_t limit_bytes = 0;
  std::string process = {};  // whom the kernel ended first; empty when it didn't tell
};
// Found to have more on the disk than its limit, and killed.
struct OutOfDisk {
  uint64_t used_bytes = 0;  // at least
  uint64_t limit_bytes = 0;
};
struct TimedOut {
  std::chrono::milliseconds limit{0};
};
struct Cancelled {};
// The program couldn't be started: 127 not found, 126 not executable, as docker has it. Anything
// else that fails before exec is an Error of ours.
struct NotStarted {
  int code = 127;
  std::string reason;
};

using ExitStatus =
    std::variant<Exited, Signaled, OutOfMemory, OutOfDisk, TimedOut, Cancelled, NotStarted>;

// The errno of execve(2) in those words.
NotStarted NotStartedBy(int number, const std::string& program);
// A wait status (waitpid(2)) of a program that has ended: Exited or Signaled.
ExitStatus StatusOf(int wait_status);

// Of everything that ran in the container, init's own part aside. 0 where the host doesn't tell.
struct Usage {
  std::chrono::milliseconds wall{0};
  std::chrono::milliseconds user{0};
  std::chrono::milliseconds system{0};
  uint64_t peak_memory_bytes = 0;
  uint64_t read_bytes = 0;  // from and to disks, not to files in memory
  uint64_t written_bytes = 0;
  uint64_t peak_processes = 0;  // and threads, at once
};

struct ContainerEnd {
  ExitStatus status;
  Usage usage;
  // Limits that refused the program something, when it failed: "20 processes", "1.0 GiB of disk".
  std::vector<std::string> limits_reached = {};
};

// Docker's exit code for it: the program's own, 128 + signal, 137 out of memory or disk, 124 timed
// out, 130 cancelled, 125..127 not started.
int ExitCode(const ExitStatus& status);
// "it reached its limit of 20 processes and of 1.0 GiB of disk"; empty when it reached none.
std::string DescribeLimits(const ContainerEnd& end);
// "exit code 2", "killed by SIGSEGV", "out of memory: peak 64.0 MiB, limit 64.0 MiB", ...
std::string Describe(const ExitStatus& status);

}  // namespace runtime::container
