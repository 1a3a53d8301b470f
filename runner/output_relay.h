// OutputRelay: what a container writes to when its output goes to the user.
//
// A file or pipe of the user's is handed on as it is. A terminal is not: a program that holds it
// could read from it and type into it; the container gets a pipe, and a thread copies.
#pragma once

#include <thread>

#include "runtime/base/fd.h"

namespace runner {

class OutputRelay {
 public:
  // `target`: 1 or 2. Not `wanted`: the container has a terminal of its own.
  OutputRelay(int target, bool wanted);
  OutputRelay(const OutputRelay&) = delete;
  OutputRelay& operator=(const OutputRelay&) = delete;
  ~OutputRelay();  // Copies until the container's side is closed.

  // What to give to Container::Start().
  int fd() const { return pipe_.write ? pipe_.write.get() : target_; }
  // To be called once the container has it.
  void Begin();

 private:
  int target_;
  runtime::base::Pipe pipe_;
  std::thread thread_;
};

}  // namespace runner
