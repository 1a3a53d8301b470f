// Applies a mount plan in the child: every target is opened beneath the root file system first, and
// what is mounted goes onto that descriptor, so that no link can redirect it. No allocation.
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "runtime/container/child.h"

namespace runtime::container {
namespace {

using Kind = MountStep::Kind;

constexpr size_t kPathMax = 4096;

int OpenTarget(int root, const char* path, int flags, bool follow) {
  open_how how = {};
  how.flags = static_cast<unsigned>(flags | O_PATH | O_CLOEXEC);
  how.resolve =
      RESOLVE_NO_MAGICLINKS | (follow ? RESOLVE_IN_ROOT : RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
  return static_cast<int>(
      ::syscall(SYS_openat2, root, *path == '\0' ? "." : path, &how, sizeof how));
}

int Attach(int mount, int target) {
  return static_cast<int>(::syscall(SYS_move_mount, mount, "", target, "",
                                    MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH));
}

int CloneMount(int directory, const char* path) {
  return static_cast<int>(::syscall(SYS_open_tree, directory, path,
                                    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW |
                                        (*path == '\0' ? AT_EMPTY_PATH : 0)));
}

// For the mounts below it too: a volume brings those that its host has there.
int SetAttributes(int mount, uint64_t flags) {
  mount_attr attributes = {};
  attributes.attr_set = flags;
  return static_cast<int>(::syscall(SYS_mount_setattr, mount, "", AT_EMPTY_PATH | AT_RECURSIVE,
                                    &attributes, sizeof attributes));
}

// A target that is a file: made when it is missing. A link in its place is replaced in the
// container's own layer when links may be followed, else it fails the mount.
int OpenFileTarget(int root, const MountStep& step) {
  char parent[kPathMax];
  ::strncpy(parent, step.target.c_str(), sizeof parent - 1);
  parent[sizeof parent - 1] = '\0';
  char* slash = ::strrchr(parent, '/');
  const char* name = step.target.c_str();
  if (slash != nullptr) {
    name += slash + 1 - parent;
    *slash = '\0';
  } else {
    parent[0] = '\0';
  }
  const int directory = MakePathBeneath(root, parent, step.follow);
  if (directory < 0) {
    return -1;
  }
  struct stat st;
  const bool exists = ::fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
  if (exists && S_ISLNK(st.st_mode)) {
    if (!step.follow) {
      errno = ELOOP;
      return -1;
    }
    ::unlinkat(directory, name, 0);
  }
  if (!exists || S_ISLNK(st.st_mode)) {
    const int file = ::openat(directory, name, O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (file < 0) {
      return -1;
    }
    ::close(file);
  }
  const int target = ::openat(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  ::close(directory);
  return target;
}

int OpenStepTarget(int root, const MountStep& step) {
  return step.file ? OpenFileTarget(root, step)
                   : MakePathBeneath(root, step.target.c_str(), step.follow);
}

// Hands "key=value,key,..." to the context one by one (fsconfig(2)).
bool SetOptions(int context, const char* options) {
  char text[256];
  ::strncpy(text, options, sizeof text - 1);
  text[sizeof text - 1] = '\0';
  for (char *next = text, *key; (key = ::strsep(&next, ",")) != nullptr && *key != '\0';) {
    char* value = ::strchr(key, '=');
    if (value != nullptr) {
      *value++ = '\0';
    }
    if (::syscall(SYS_fsconfig, context, value != nullptr ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG,
                  key, value, 0) != 0) {
      return false;
    }
  }
  return true;
}

// A terminal of the container's own devpts; its slave side is opened through the master
// (TIOCGPTPEER), never by a path (CVE-2025-52565).
void MountConsole(ChildMounts& mounts, const MountStep& step, int target) {
  mounts.master = ::openat(mounts.root, "dev/pts/ptmx", O_RDWR | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);
  int unlock = 0;
  if (mounts.master < 0 || ::ioctl(mounts.master, TIOCSPTLCK, &unlock) != 0) {
    FailChild(mounts.report, "make a terminal", "");
  }
  mounts.slave = ::ioctl(mounts.master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  const int console = mounts.slave < 0 ? -1 : CloneMount(mounts.slave, "");
  if (console < 0 || ::fchown(mounts.slave, mounts.uid, mounts.gid) != 0 ||
      Attach(console, target) != 0) {
    FailChild(mounts.report, "mount the terminal", step.target.c_str());
  }
  ::close(console);
}

// Without a link on the way: what is in the directory is anybody's. The descriptor, or -1 and
// errno.
int CloneInner(const ChildMounts& mounts, const MountStep& step) {
  const int directory = OpenTarget(mounts.root, step.source.c_str(), O_DIRECTORY, false);
  const int mount = directory < 0 ? -1 : CloneMount(directory, "");
  if (mount < 0) {
    FailChild(mounts.report, "open the directory", step.source.c_str());
  }
  ::close(directory);
  return SetAttributes(mount, step.flags) == 0 ? mount : -1;
}

// Complete and read-only before anybody can reach it. The descriptor, or -1 and errno.
int MakeSecrets(const ChildMounts& mounts, const MountStep& step) {
  const int mount = MakeFileSystem("tmpfs", step.options.c_str(), step.flags & ~MOUNT_ATTR_RDONLY);
  if (mount < 0) {
    return -1;
  }
  for (const SecretFile& secret : *mounts.secrets) {
    const int file = ::openat(mount, secret.name.c_str(),
                              O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0400);
    if (file < 0 ||
        ::write(file, secret.content.data(), secret.content.size()) !=
            static_cast<ssize_t>(secret.content.size()) ||
        ::fchown(file, mounts.uid, mounts.gid) != 0) {
      FailChild(mounts.report, "write the secret", secret.name.c_str());
    }
    ::close(file);
  }
  return SetAttributes(mount, step.flags) == 0 ? mount : -1;
}

int CloneDevice(const ChildMounts& mounts, const MountStep& step) {
  const int device = CloneMount(AT_FDCWD, step.source.c_str());
  struct stat st;
  if (device < 0 || ::fstat(device, &st) != 0) {
    FailChild(mounts.report, "open the device", step.source.c_str());
  }
  if (!S_ISCHR(st.st_mode) || st.st_rdev != step.device) {
    errno = ENODEV;
    FailChild(mounts.report, "check the device", step.source.c_str());
  }
  return SetAttributes(device, step.flags) == 0 ? device : -1;
}

// What the step mounts, where that needs nothing of the root file system: those are made ahead.
// Else kMadeLater. -1 and errno when it can't be made.
constexpr int kMadeLater = -2;
int MakeAhead(const ChildMounts& mounts, const MountStep& step) {
  switch (step.kind) {
    case Kind::kFileSystem:
      return MakeFileSystem(step.type.c_str(), step.options.c_str(), step.flags);
    case Kind::kDevice:
      return CloneDevice(mounts, step);
    case Kind::kStageFile:
      return CloneMount(mounts.stage, step.source.c_str());
    case Kind::kSecrets:
      return MakeSecrets(mounts, step);
    default:
      return kMadeLater;
  }
}

void MakeSymlink(const ChildMounts& mounts, const MountStep& step) {
  if (::symlinkat(step.source.c_str(), mounts.root, step.target.c_str()) != 0 && errno != EEXIST) {
    FailChild(mounts.report, "make the link", step.target.c_str());
  }
}

// Masks and read-only paths are those of any kernel: a missing one is no fault.
int OpenExisting(const ChildMounts& mounts, const MountStep& step) {
  const int target = OpenTarget(mounts.root, step.target.c_str(), 0, false);
  if (target < 0 && errno != ENOENT && errno != ENOTDIR) {
    FailChild(mounts.report, "open", step.target.c_str());
  }
  return target;
}

// A volume at /dev may have anything under that name (CVE-2025-31133).
bool IsNullDevice(int mount) {
  struct stat st;
  const bool is = ::fstat(mount, &st) == 0 && S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3);
  errno = is ? errno : ENODEV;
  return is;
}

// One empty read-only tmpfs covers every masked directory: `cover` is where it stands first.
void Mask(const ChildMounts& mounts, const MountStep& step, int& cover) {
  const int target = OpenExisting(mounts, step);
  if (target < 0) {
    return;
  }
  struct stat st;
  if (::fstat(target, &st) != 0) {
    FailChild(mounts.report, "mask", step.target.c_str());
  }
  const bool directory = S_ISDIR(st.st_mode);
  const int mount = !directory   ? CloneMount(mounts.root, "dev/null")
                    : cover >= 0 ? CloneMount(cover, "")
                                 : MakeFileSystem("tmpfs", "size=0k,nr_inodes=1,mode=0555",
                                                  MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
                                                      MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
  if (mount < 0 || (!directory && !IsNullDevice(mount)) || Attach(mount, target) != 0) {
    FailChild(mounts.report, "mask", step.target.c_str());
  }
  ::close(target);
  if (directory && cover < 0) {
    cover = mount;
  } else {
    ::close(mount);
  }
}

void MakeReadOnly(const ChildMounts& mounts, const MountStep& step) {
  const int target = OpenExisting(mounts, step);
  if (target < 0) {
    return;
  }
  const int mount = CloneMount(target, "");
  if (mount < 0 || SetAttributes(mount, MOUNT_ATTR_RDONLY) != 0 || Attach(mount, target) != 0) {
    FailChild(mounts.report, "make read-only", step.target.c_str());
  }
  ::close(mount);
  ::close(target);
}

// By a descriptor of the real procfs, so that nothing of the image is written in its place
// (CVE-2025-52881).
void WriteSysctl(const ChildMounts& mounts, const MountStep& step) {
  open_how how = {};
  how.flags = O_WRONLY | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
  const int file =
      static_cast<int>(::syscall(SYS_openat2, mounts.root, step.target.c_str(), &how, sizeof how));
  struct statfs st;
  if (file >= 0 && ::fstatfs(file, &st) == 0 && st.f_type != PROC_SUPER_MAGIC) {
    errno = EINVAL;
    FailChild(mounts.report, "check procfs", step.target.c_str());
  }
  if (file < 0 || ::write(file, step.source.data(), step.source.size()) < 0) {
    FailChild(mounts.report, "set the kernel parameter", step.target.c_str());
  }
  ::close(file);
}

// `made` is what MakeAhead() answered.
void Mount(ChildMounts& mounts, const MountStep& step, int made) {
  const int target = OpenStepTarget(mounts.root, step);
  if (target < 0) {
    FailChild(mounts.report, "open the mount point", step.target.c_str());
  }
  if (step.kind == Kind::kConsole) {
    MountConsole(mounts, step, target);
  } else {
    const bool sent = step.kind == Kind::kAttach;
    if (sent && step.index >= mounts.sent.size()) {
      errno = EBADF;
      FailChild(mounts.report, "mount", step.target.c_str());
    }
    const int mount = sent                 ? mounts.sent[step.index]
                      : made != kMadeLater ? made
                                           : CloneInner(mounts, step);
    if (mount < 0 || (sent && SetAttributes(mount, step.flags) != 0) ||
        Attach(mount, target) != 0) {
      FailChild(mounts.report, "mount", step.target.c_str());
    }
    ::close(mount);
  }
  ::close(target);
}

// Everything that follows is written through /proc or trusts it: it must be the real one.
void CheckProc(const ChildMounts& mounts) {
  const int proc = OpenTarget(mounts.root, "proc", O_DIRECTORY, false);
  struct statfs st;
  if (proc < 0 || ::fstatfs(proc, &st) != 0 || st.f_type != PROC_SUPER_MAGIC) {
    errno = EINVAL;
    FailChild(mounts.report, "check procfs", "proc");
  }
  ::close(proc);
}

}  // namespace

int MakeFileSystem(const char* type, const char* options, uint64_t flags) {
  const int context = static_cast<int>(::syscall(SYS_fsopen, type, FSOPEN_CLOEXEC));
  if (context < 0 || !SetOptions(context, options) ||
      ::syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) {
    return -1;
  }
  const int mount = static_cast<int>(
      ::syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, static_cast<unsigned>(flags)));
  ::close(context);
  return mount;
}

int MakePathBeneath(int root, const char* path, bool follow) {
  while (*path == '/') {
    ++path;
  }
  int target = OpenTarget(root, path, O_DIRECTORY, follow);
  if (target >= 0 || errno != ENOENT) {
    return target;
  }
  char walked[kPathMax];
  int parent = OpenTarget(root, "", O_DIRECTORY, follow);
  const char* next = path;
  while (parent >= 0 && *next != '\0') {
    const char* end = ::strchrnul(next, '/');
    const size_t length = static_cast<size_t>(end - path);
    if (length >= sizeof walked) {
      errno = ENAMETOOLONG;
      return -1;
    }
    ::memcpy(walked, path, length);
    walked[length] = '\0';
    target = OpenTarget(root, walked, O_DIRECTORY, follow);
    if (target < 0 && errno == ENOENT) {
      const char* name = walked + (next - path);
      if (::mkdirat(parent, name, 0755) == 0 || errno == EEXIST) {
        target = OpenTarget(root, walked, O_DIRECTORY, follow);
      }
    }
    ::close(parent);
    parent = target;
    for (next = end; *next == '/'; ++next) {
    }
  }
  return parent;
}

void PrepareMounts(const std::vector<MountStep>& steps, const ChildMounts& mounts,
                   std::span<int> made) {
  for (size_t i = 0; i < steps.size(); ++i) {
    made[i] = MakeAhead(mounts, steps[i]);
    if (made[i] == -1) {
      FailChild(mounts.report, "mount", steps[i].target.c_str());
    }
  }
}

void ApplyMounts(const std::vector<MountStep>& steps, std::span<const int> made,
                 ChildMounts& mounts) {
  int cover = -1;
  for (size_t i = 0; i < steps.size(); ++i) {
    const MountStep& step = steps[i];
    switch (step.kind) {
      case Kind::kSymlink:
        MakeSymlink(mounts, step);
        break;
      case Kind::kMask:
        Mask(mounts, step, cover);
        break;
      case Kind::kReadOnly:
        MakeReadOnly(mounts, step);
        break;
      case Kind::kSysctl:
        WriteSysctl(mounts, step);
        break;
      default:
        Mount(mounts, step, made[i]);
    }
  }
  CheckProc(mounts);
}

}  // namespace runtime::container
