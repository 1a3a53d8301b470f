// UniqueFd: the one owner of a file descriptor.
#pragma once

#include <dirent.h>
#include <unistd.h>

#include <memory>
#include <utility>

namespace runtime::base {

// Move-only. Closes on destruction; errors of that close are dropped, so call Close() where a
// delayed write error matters. Not thread-safe; -1 means "owns nothing".
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) {
      Reset(std::exchange(other.fd_, -1));
    }
    return *this;
  }
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd() { Reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

  // Gives the descriptor away.
  int Release() { return std::exchange(fd_, -1); }

  // Closes what is owned and owns `fd` instead.
  void Reset(int fd = -1) {
    if (fd_ >= 0) {
      ::close(fd_);
    }
    fd_ = fd;
  }

  // Closes now and throws Error if the kernel reports a delayed write error (close(2)).
  void Close();

 private:
  int fd_ = -1;
};

// The one owner of a directory's stream.
struct CloseDir {
  void operator()(DIR* stream) const { ::closedir(stream); }
};
using UniqueDir = std::unique_ptr<DIR, CloseDir>;

// A pipe whose both ends are close-on-exec. Throws Error.
struct Pipe {
  UniqueFd read;
  UniqueFd write;
};
Pipe MakePipe();

// A copy of `fd` that is `least` or more, close-on-exec, owned by the caller. Throws Error.
UniqueFd Duplicate(int fd, int least = 3);

}  // namespace runtime::base
