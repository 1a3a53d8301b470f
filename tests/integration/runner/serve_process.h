// ServeProcess: `runner serve` as a process of its own, and what the kernel knows about it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "runtime/base/fd.h"
#include "runtime/base/state_dir.h"

namespace runner {

class ServeProcess {
 public:
  // Starts it with that configuration file. Killed with the object, or with the test.
  explicit ServeProcess(const std::filesystem::path& config);
  ~ServeProcess();
  ServeProcess(const ServeProcess&) = delete;
  ServeProcess& operator=(const ServeProcess&) = delete;

  // The next line of its log that contains `mark`; throws std::runtime_error, with what it said
  // instead, when it ends before or is silent for 30 s.
  std::string AwaitLine(const std::string& mark);
  // "127.0.0.1:40001", once it listens.
  std::string AwaitAddress();

  void Signal(int number) const;
  // Waits for its end: its exit code, or 128 + signal.
  int Wait();
  // All that it said; waits for its end.
  std::string ReadToEnd();
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  runtime::base::UniqueFd log_;
  std::string unread_;
  std::string said_;
};

// `root` and everything below it, at this moment.
std::vector<pid_t> ProcessesOf(pid_t root);

// What a server has in the kernel at this moment: processes, cgroups, container directories. Their
// end can be awaited.
class Footprint {
 public:
  Footprint(pid_t server, const runtime::base::StateDir& state);
  size_t processes() const { return pidfds_.size(); }
  // Empty when all of it is gone within `milliseconds`; otherwise what is left.
  std::vector<std::string> AwaitGone(int milliseconds) const;

 private:
  std::vector<runtime::base::UniqueFd> pidfds_;
  std::vector<std::filesystem::path> paths_;  // of cgroups and container directories
  std::filesystem::path root_;
};

}  // namespace runner
