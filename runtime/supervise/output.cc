#include "runtime/supervise/output.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace runtime::supervise {

void Output::Append(std::string_view part) {
  ::memcpy(block_ + used_, part.data(), part.size());
  used_ += part.size();
}

bool Output::Add(std::string_view name, std::string_view line) {
  const size_t size = name.size() + line.size() + 3;
  if (used_ + size > sizeof block_) {
    Flush();
  }
  if (used_ + size > sizeof block_) {
    return false;
  }
  Append(name);
  Append(": ");
  Append(line);
  Append("\n");
  return true;
}

void Output::Flush(bool wait) {
  while (used_ > 0) {
    // O_NONBLOCK would change the descriptor for everybody who shares it. A pipe that can be
    // written to has room for PIPE_BUF bytes.
    pollfd event = {fd_, POLLOUT, 0};
    const int ready = ::poll(&event, 1, wait ? -1 : 0);
    if (ready == 0 || (ready < 0 && errno != EINTR)) {
      return;
    }
    const ssize_t n = ready > 0 ? ::write(fd_, block_, used_) : 0;
    if (n < 0 && errno == EAGAIN && !wait) {
      return;
    }
    if (n < 0 && errno != EINTR && errno != EAGAIN) {
      used_ = 0;
    } else if (n > 0) {
      used_ -= static_cast<size_t>(n);
      ::memmove(block_, block_ + n, used_);
    }
  }
}

}  // namespace runtime::supervise
