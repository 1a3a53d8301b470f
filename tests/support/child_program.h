// ChildProgram: a program that a test starts, watches by what it writes, signals and waits for.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

#include "runtime/base/fd.h"

namespace tests {

// Killed with the object, and with the test (PR_SET_PDEATHSIG). For one thread.
class ChildProgram {
 public:
  // From PATH; `environment` is set on top of this process's own. Standard input is empty.
  ChildProgram(const std::vector<std::string>& argv,
               const std::map<std::string, std::string>& environment);
  ~ChildProgram();
  ChildProgram(const ChildProgram&) = delete;
  ChildProgram& operator=(const ChildProgram&) = delete;

  // Reads on until `text` was written to either output; throws std::runtime_error with both when
  // they end before, or nothing comes for 30 seconds.
  void AwaitOutput(const std::string& text);

  void Signal(int signal) const;

  // Ends when the program and all that holds its outputs have; the exit code, or 128 + signal.
  // Throws when nothing comes for 60 seconds.
  int Wait();

  pid_t pid() const { return pid_; }
  const std::string& out() const { return out_; }
  const std::string& err() const { return err_; }

 private:
  // False at the end of both.
  bool ReadSome(int timeout_ms);

  pid_t pid_ = -1;
  runtime::base::UniqueFd out_fd_;
  runtime::base::UniqueFd err_fd_;
  std::string out_;
  std::string err_;
};

}  // namespace tests
