#include "runtime/container/init/landlock.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace runtime::container {
namespace {

// Of ABI 2, which every kernel has that we run on. What isn't named here isn't restricted.
constexpr uint64_t kFileRights =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE;
constexpr uint64_t kAllRights =
    kFileRights | LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_REMOVE_DIR |
    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |
    LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
    LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_REFER;

bool Allow(int ruleset, int file, uint64_t rights) {
  landlock_path_beneath_attr rule = {};
  rule.allowed_access = rights;
  rule.parent_fd = file;
  return ::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
}

}  // namespace

bool ConfineFiles() {
  landlock_ruleset_attr attributes = {};
  attributes.handled_access_fs = kAllRights;
  const int ruleset =
      static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0));
  if (ruleset < 0) {
    return errno == ENOSYS || errno == EOPNOTSUPP;
  }
  const int root = ::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  const bool allowed = root >= 0 && Allow(ruleset, root, kAllRights);
  for (int stream = 0; stream <= 2; ++stream) {
    struct stat st;
    // Not a directory, whose rights would be those of what is below it too. A pipe is refused, and
    // isn't restricted anyway.
    if (::fstat(stream, &st) == 0 && !S_ISDIR(st.st_mode)) {
      Allow(ruleset, stream, kFileRights);
    }
  }
  const bool confined = allowed && ::syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
  ::close(root);
  ::close(ruleset);
  return confined;
}

}  // namespace runtime::container
