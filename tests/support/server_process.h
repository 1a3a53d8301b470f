// ServerProcess: a server that a test starts, waits for and ends.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "runtime/base/fd.h"

namespace tests {

// A TCP port of 127.0.0.1 that was free a moment ago.
int FreePort();

// Runs as long as the object; killed with the test too (PR_SET_PDEATHSIG).
class ServerProcess {
 public:
  // Returns when `ready` was seen in its output; throws std::runtime_error with that output when
  // it ends before or is silent for 20 seconds. An empty mark waits for nothing. `input` becomes
  // its standard input; -1 for /dev/null.
  ServerProcess(const std::vector<std::string>& argv, const std::string& ready, int input = -1);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

 private:
  void WaitFor(const std::string& ready);

  pid_t pid_ = -1;
  runtime::base::UniqueFd output_;  // kept open: the server goes on writing
};

}  // namespace tests
