#include "runtime/lifecycle/life_lock.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runtime::lifecycle {
namespace fs = std::filesystem;
using base::Error;
using base::UniqueFd;

namespace {

fs::path FileOf(const fs::path& directory) { return directory / "lock"; }

struct flock WholeFile() {
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

}  // namespace

LifeLock LifeLock::Make(const fs::path& directory) {
  UniqueFd fd = base::OpenFile(FileOf(directory), O_RDWR | O_CREAT | O_EXCL);
  struct flock lock = WholeFile();
  if (::fcntl(fd.get(), F_OFD_SETLK, &lock) != 0) {
    throw Error::FromErrno("lock " + FileOf(directory).string());
  }
  return LifeLock(std::move(fd));
}

std::optional<LifeLock> LifeLock::Try(const fs::path& directory) {
  const fs::path path = FileOf(directory);
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (!fd && errno == ENOENT) {
    return std::nullopt;
  }
  struct flock lock = WholeFile();
  if (!fd || ::fcntl(fd.get(), F_OFD_SETLK, &lock) != 0) {
    if (fd && (errno == EAGAIN || errno == EACCES)) {
      return std::nullopt;
    }
    throw Error::FromErrno("lock " + path.string());
  }
  // It may have gone to the trash between the two calls.
  struct stat ours;
  struct stat named;
  if (::fstat(fd.get(), &ours) != 0 || ::stat(path.c_str(), &named) != 0 ||
      ours.st_ino != named.st_ino) {
    return std::nullopt;
  }
  return LifeLock(std::move(fd));
}

bool LifeLock::IsHeld(const fs::path& directory) {
  const UniqueFd fd(::open(FileOf(directory).c_str(), O_RDWR | O_CLOEXEC));
  struct flock lock = WholeFile();
  return fd && ::fcntl(fd.get(), F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

}  // namespace runtime::lifecycle
