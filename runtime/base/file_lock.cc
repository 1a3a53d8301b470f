#include <fcntl.h>
#include <sys/file.h>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/stop.h"

namespace runtime::base {
namespace fs = std::filesystem;
namespace {

// Nothing tells that a lock is free but flock(2) itself, which blocks and heeds no stop: who can be
// stopped looks again and again.
constexpr std::chrono::milliseconds kLookAgain{20};

// False when somebody holds the lock and `operation` doesn't wait. Throws Error.
bool Lock(int fd, int operation, const fs::path& path) {
  while (::flock(fd, operation) != 0) {
    if (errno == EWOULDBLOCK) {
      return false;
    }
    if (errno != EINTR) {
      throw Error::FromErrno("lock " + path.string());
    }
  }
  return true;
}

}  // namespace

FileLock::FileLock(const fs::path& path, const std::stop_token& stop)
    : fd_(OpenFile(path, O_RDWR | O_CREAT)) {
  if (!stop.stop_possible()) {
    Lock(fd_.get(), LOCK_EX, path);
    return;
  }
  WithContext("wait for the lock " + path.string(), [&] {
    ThrowIfStopped(stop);
    while (!Lock(fd_.get(), LOCK_EX | LOCK_NB, path)) {
      Pause(kLookAgain, stop);
    }
  });
}

std::optional<FileLock> FileLock::TryLock(const fs::path& path) {
  UniqueFd fd = OpenFile(path, O_RDWR | O_CREAT);
  if (!Lock(fd.get(), LOCK_EX | LOCK_NB, path)) {
    return std::nullopt;
  }
  return FileLock(std::move(fd));
}

}  // namespace runtime::base
