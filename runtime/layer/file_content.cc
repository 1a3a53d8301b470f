#include "runtime/layer/file_content.h"

#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "runtime/base/error.h"
#include "runtime/base/stop.h"

namespace runtime::layer {
using base::Error;
namespace {

constexpr uint64_t kPart = 64u << 20;  // between two looks at the stop

// Copies the bytes from `begin` up to `end`, which are no hole.
void CopyData(int from, int to, off_t begin, off_t end, const std::stop_token& stop) {
  off_t in = begin;
  off_t out = begin;
  bool in_kernel = true;  // false: between these two file systems only sendfile(2) works
  while (in < end) {
    base::ThrowIfStopped(stop);
    const auto size = std::min<uint64_t>(static_cast<uint64_t>(end - in), kPart);
    ssize_t n = 0;
    if (in_kernel) {
      n = ::copy_file_range(from, &in, to, &out, size, 0);
    } else {
      n = ::sendfile(to, from, &in, size);
    }
    if (n > 0 || (n < 0 && errno == EINTR)) {
      continue;
    }
    if (n == 0) {
      throw Error(base::ErrorKind::kInvalid, "the file became shorter while it was copied");
    }
    if (!in_kernel ||
        (errno != EXDEV && errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP)) {
      throw Error::FromErrno("copy");
    }
    in_kernel = false;
    if (::lseek(to, in, SEEK_SET) < 0) {
      throw Error::FromErrno("copy");
    }
  }
}

}  // namespace

void CopyFileContent(int from, int to, uint64_t size, const std::stop_token& stop) {
  if (size == 0 || ::ioctl(to, FICLONE, from) == 0) {
    return;
  }
  const auto end = static_cast<off_t>(size);
  off_t data = ::lseek(from, 0, SEEK_DATA);
  if (data < 0 && errno == EINVAL) {
    CopyData(from, to, 0, end, stop);  // A file system that knows no holes.
    return;
  }
  while (data >= 0 && data < end) {
    const off_t hole = ::lseek(from, data, SEEK_HOLE);
    if (hole < 0) {
      throw Error::FromErrno("find a hole");
    }
    CopyData(from, to, data, std::min(hole, end), stop);
    data = ::lseek(from, hole, SEEK_DATA);
  }
  if (data < 0 && errno != ENXIO) {
    throw Error::FromErrno("find data");
  }
  if (::ftruncate(to, end) != 0) {
    throw Error::FromErrno("set the size");
  }
}

}  // namespace runtime::layer
