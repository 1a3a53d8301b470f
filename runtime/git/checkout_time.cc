#include "runtime/git/checkout_time.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "runtime/base/error.h"

namespace runtime::git {

void SetCheckoutTime(const std::filesystem::path& path, int64_t time) {
  const timespec times[2] = {{time, 0}, {time, 0}};
  if (::utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW) != 0) {
    throw base::Error::FromErrno("set the time of " + path.string());
  }
}

}  // namespace runtime::git
