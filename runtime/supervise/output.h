// Output: one standard output that takes the lines of several services.
//
// Lines are gathered to blocks of at most PIPE_BUF bytes, which a pipe takes whole (pipe(7)): who
// else writes to it can't break a line in two. Never blocks unless told to; who reads slowly holds
// up the services, not the supervisor.
#pragma once

#include <climits>
#include <cstddef>
#include <string_view>

#include "runtime/supervise/text.h"

namespace runtime::supervise {

inline constexpr size_t kMaxName = 64;    // of a service
inline constexpr size_t kMaxLine = 4000;  // longer ones are split
static_assert(kMaxName + sizeof(": \n") + kMaxLine <= PIPE_BUF);

class Output {
 public:
  // `fd` is borrowed.
  explicit Output(int fd) : fd_(fd) {}

  // Takes "name: line\n"; false when there is no room for it now.
  bool Add(std::string_view name, std::string_view line);

  // Writes what is gathered: all of it when `wait` is set, else as much as is taken at once. With
  // nobody left to read it, it is dropped.
  void Flush(bool wait = false);

  bool empty() const { return used_ == 0; }
  int fd() const { return fd_; }

 private:
  void Append(std::string_view part);

  int fd_;
  size_t used_ = 0;
  char block_[PIPE_BUF];
};

}  // namespace runtime::supervise
