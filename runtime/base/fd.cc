#include "runtime/base/fd.h"

#include <fcntl.h>

#include "runtime/base/error.h"

namespace runtime::base {

void UniqueFd::Close() {
  if (fd_ >= 0 && ::close(std::exchange(fd_, -1)) != 0) {
    throw Error::FromErrno("close");
  }
}

Pipe MakePipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    throw Error::FromErrno("pipe");
  }
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

UniqueFd Duplicate(int fd, int least) {
  const int copy = ::fcntl(fd, F_DUPFD_CLOEXEC, least);
  if (copy < 0) {
    throw Error::FromErrno("duplicate a descriptor");
  }
  return UniqueFd(copy);
}

}  // namespace runtime::base
