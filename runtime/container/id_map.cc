#include "runtime/container/id_map.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <sys/syscall.h>

#include <string>

#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runtime::container {

using base::Error;
using base::ErrorKind;
using base::UniqueFd;

void WriteIdMap(pid_t process, const IdMap& map) {
  const std::string line = "0 " + std::to_string(map.base) + " " + std::to_string(map.count) + "\n";
  for (const char* name : {"uid_map", "gid_map"}) {
    const std::string path = "/proc/" + std::to_string(process) + "/" + name;
    base::WriteAll(base::OpenFile(path, O_WRONLY).get(), line, path);
  }
}

UniqueFd OpenUserNamespace(pid_t process) {
  return base::OpenFile("/proc/" + std::to_string(process) + "/ns/user", O_RDONLY);
}

UniqueFd CloneShifted(const char* path, int user_namespace, bool recursive) {
  const unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (recursive ? AT_RECURSIVE : 0);
  UniqueFd mount(static_cast<int>(::syscall(SYS_open_tree, AT_FDCWD, path, flags)));
  if (!mount) {
    throw Error::FromErrno(std::string("clone the mount of ") + path);
  }
  mount_attr attributes = {};
  attributes.attr_set = MOUNT_ATTR_IDMAP;
  attributes.userns_fd = static_cast<unsigned>(user_namespace);
  if (::syscall(SYS_mount_setattr, mount.get(), "", AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0),
                &attributes, sizeof attributes) != 0) {
    if (errno == EINVAL || errno == ENOSYS) {
      throw Error(ErrorKind::kUnsupported,
                  std::string("shift the owners of ") + path +
                      ": this kernel can't do it on that file system (idmapped mounts); put it on "
                      "ext4, xfs or btrfs with Linux 5.15 or newer",
                  errno);
    }
    throw Error::FromErrno(std::string("shift the owners of ") + path);
  }
  return mount;
}

}  // namespace runtime::container
