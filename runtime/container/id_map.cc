#include "runtime/container/id_map.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "runtime/base/clone.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/rootless.h"

namespace runtime::container {

using base::Error;
using base::ErrorKind;
using base::UniqueFd;

IdMap IdMap::OfThisProcess() {
  const IdMap shifting;
  if (base::InInitialUserNamespace()) {
    return shifting;
  }
  // One id stays ours alone (host.cc, the owner of init).
  const uint32_t ids = base::MappedIds();
  return {.base = 0, .count = ids < 2 ? ids : std::min(ids - 1, shifting.count)};
}

std::string IdMapLines(const IdMap& map, uint32_t owner) {
  std::string lines;
  const auto add = [&](uint32_t on_disk, uint32_t inside, uint32_t count) {
    if (count > 0) {
      lines += std::to_string(on_disk) + " " + std::to_string(map.base + inside) + " " +
               std::to_string(count) + "\n";
    }
  };
  if (owner == 0) {
    add(0, 0, map.count);
    return lines;
  }
  add(0, owner, 1);
  add(1, 1, owner - 1);
  add(owner, 0, 1);
  add(owner + 1, owner + 1, map.count - owner - 1);
  return lines;
}

namespace {

// Every id as itself. The kernel wants each line within one of ours.
std::string UnshiftedLines(const char* name, uint32_t count) {
  std::string lines;
  for (const base::IdRange& range : base::MappedRanges(name)) {
    if (range.start < count) {
      const std::string start = std::to_string(range.start);
      lines += start + " " + start + " " +
               std::to_string(std::min(range.count, count - range.start)) + "\n";
    }
  }
  return lines;
}

}  // namespace

void WriteIdMap(pid_t process, const IdMap& map, const FileOwner& owner) {
  const auto write = [&](const char* name, const std::string& lines) {
    const std::string path = "/proc/" + std::to_string(process) + "/" + name;
    base::WriteAll(base::OpenFile(path, O_WRONLY).get(), lines, path);
  };
  write("uid_map",
        map.Shifts() ? IdMapLines(map, owner.uid) : UnshiftedLines("uid_map", map.count));
  write("gid_map",
        map.Shifts() ? IdMapLines(map, owner.gid) : UnshiftedLines("gid_map", map.count));
}

UniqueFd MakeUserNamespace(const IdMap& map, const FileOwner& owner) {
  clone_args arguments = {};
  arguments.flags = CLONE_NEWUSER;
  arguments.exit_signal = SIGCHLD;
  const pid_t child = base::CloneCopy(arguments);
  if (child < 0) {
    throw Error::FromErrno("make a user namespace");
  }
  if (child == 0) {
    // The descriptors of this process must not live on here, should it die.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::syscall(SYS_close_range, 0, ~0U, 0);
    ::pause();
    base::EndCopy(0);
  }
  const auto end = [child] {
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
  };
  try {
    WriteIdMap(child, map, owner);
    UniqueFd user_namespace = OpenUserNamespace(child);
    end();
    return user_namespace;
  } catch (...) {
    end();
    throw;
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
  if (user_namespace < 0) {
    return mount;
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
