#include "runtime/base/beneath.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "runtime/base/error.h"

namespace runtime::base {
namespace {

int OpenAt2(int root, const char* path, int flags, Links links, unsigned mode) {
  open_how how = {};
  how.flags = static_cast<unsigned>(flags | O_CLOEXEC);
  how.mode = (flags & (O_CREAT | __O_TMPFILE)) != 0 ? mode : 0;
  how.resolve = RESOLVE_NO_MAGICLINKS |
                (links == Links::kInRoot ? RESOLVE_IN_ROOT : RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH);
  while (true) {
    const long fd = ::syscall(SYS_openat2, root, path, &how, sizeof how);
    // EAGAIN: a rename raced with ".."; the man page says to try again.
    if (fd >= 0 || (errno != EAGAIN && errno != EINTR)) {
      return static_cast<int>(fd);
    }
  }
}

}  // namespace

UniqueFd OpenBeneath(int root, const std::filesystem::path& path, int flags, Links links,
                     unsigned mode) {
  // RESOLVE_BENEATH refuses absolute paths; "/x" means "x" below the root here.
  const std::filesystem::path relative = path.relative_path();
  const char* name = relative.empty() ? "." : relative.c_str();
  UniqueFd fd(OpenAt2(root, name, flags, links, mode));
  if (!fd) {
    throw Error::FromErrno("open " + path.string());
  }
  return fd;
}

UniqueFd MakeDirectoriesBeneath(int root, const std::filesystem::path& path, Links links) {
  UniqueFd current = OpenBeneath(root, ".", O_PATH | O_DIRECTORY, links);
  std::filesystem::path walked;
  for (const std::filesystem::path& part : path.relative_path()) {
    if (part.empty() || part == ".") {
      continue;
    }
    walked /= part;
    UniqueFd next(OpenAt2(root, walked.c_str(), O_PATH | O_DIRECTORY, links, 0));
    if (!next && errno == ENOENT && part != "..") {
      if (::mkdirat(current.get(), part.c_str(), 0755) != 0 && errno != EEXIST) {
        throw Error::FromErrno("mkdir " + path.string());
      }
      next.Reset(OpenAt2(root, walked.c_str(), O_PATH | O_DIRECTORY, links, 0));
    }
    if (!next) {
      throw Error::FromErrno("open directory " + path.string());
    }
    current = std::move(next);
  }
  return current;
}

}  // namespace runtime::base
