#include <fcntl.h>
#include <pthread.h>
#include <sys/file.h>

#include <condition_variable>
#include <mutex>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/stop.h"

namespace runtime::base {
namespace fs = std::filesystem;
namespace {

// Answers 0 or an errno.
int Lock(int fd) {
  while (::flock(fd, LOCK_EX) != 0) {
    if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

// Nothing tells when a lock is free but flock(2) itself, which blocks: a thread waits in it and is
// cancelled by a stop.
struct Attempt {
  int fd;
  std::mutex mutex;
  std::condition_variable_any ended;
  bool done = false;
  int failure = 0;

  static void* Run(void* argument) {
    auto* attempt = static_cast<Attempt*>(argument);
    int ignored = 0;
    // At any moment, as flock(2) is no cancellation point (pthreads(7)); nothing here is to be
    // undone.
    ::pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &ignored);
    const int failure = Lock(attempt->fd);
    ::pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, &ignored);
    const std::lock_guard lock(attempt->mutex);
    attempt->failure = failure;
    attempt->done = true;
    attempt->ended.notify_all();
    return nullptr;
  }
};

// Answers 0 or an errno, after a stop too.
int LockUnlessStopped(int fd, const std::stop_token& stop) {
  Attempt attempt{.fd = fd, .mutex = {}, .ended = {}};
  pthread_t thread{};
  if (const int failure = ::pthread_create(&thread, nullptr, &Attempt::Run, &attempt)) {
    return failure;
  }
  {
    std::unique_lock lock(attempt.mutex);
    if (!attempt.ended.wait(lock, stop, [&] { return attempt.done; })) {
      ::pthread_cancel(thread);
    }
  }
  ::pthread_join(thread, nullptr);
  return attempt.failure;
}

}  // namespace

FileLock::FileLock(const fs::path& path, const std::stop_token& stop)
    : fd_(OpenFile(path, O_RDWR | O_CREAT)) {
  if (::flock(fd_.get(), LOCK_EX | LOCK_NB) == 0) {
    return;
  }
  const int failure = stop.stop_possible() ? LockUnlessStopped(fd_.get(), stop) : Lock(fd_.get());
  if (failure != 0) {
    throw Error::FromErrno("lock " + path.string(), failure);
  }
  WithContext("wait for the lock " + path.string(), [&] { ThrowIfStopped(stop); });
}

std::optional<FileLock> FileLock::TryLock(const fs::path& path) {
  UniqueFd fd = OpenFile(path, O_RDWR | O_CREAT);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) {
      return std::nullopt;
    }
    throw Error::FromErrno("lock " + path.string());
  }
  return FileLock(std::move(fd));
}

}  // namespace runtime::base
