#include "runtime/container/host.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/container/init_image.h"

namespace runtime::container {
namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using base::UniqueFd;

namespace {

// From here on, no mount of ours is seen by anybody else, and all go with the process.
void EnterOwnMountNamespace(const fs::path& stage) {
  if (::unshare(CLONE_NEWNS) != 0) {
    throw Error::FromErrno("make a mount namespace (root needs CAP_SYS_ADMIN)");
  }
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0) {
    throw Error::FromErrno("make the mounts private");
  }
  if (::mount("tmpfs", stage.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, "mode=711,size=64m") != 0) {
    throw Error::FromErrno("mount a tmpfs at " + stage.string());
  }
}

// Containers run this file: sealed, they can't change it, not even through /proc/self/exe
// (CVE-2019-5736). Nor may they read it: who runs an unreadable file can't be traced from a user
// namespace that doesn't own it, whatever capabilities it has there (ptrace(2)).
UniqueFd SealInit(const IdMap& ids) {
  UniqueFd fd(::memfd_create("runner-init", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd) {
    throw Error::FromErrno("make a memory file for init");
  }
  base::WriteAll(fd.get(), InitImage(), "init");
  // In a user namespace of ours the owner must be somebody whom containers don't have, where there
  // is anybody.
  const uint32_t owner = !ids.Shifts() && ids.count > 1 ? ids.count : 0;
  if (::fchown(fd.get(), owner, owner) != 0 || ::fchmod(fd.get(), 0111) != 0 ||
      ::fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) !=
          0) {
    throw Error::FromErrno("seal init");
  }
  return fd;
}

}  // namespace

Host::Host(const base::StateDir& state, const CgroupHierarchy& cgroups, Reaper reaper,
           const Options& options)
    : state_(state),
      cgroups_(cgroups),
      reaper_(std::move(reaper)),
      removal_(options.removal),
      forker_(options.children) {}

Host::~Host() {
  if (removal_ == Removal::kAwaited) {
    reaper_.Finish();
  }
}

std::unique_ptr<Host> Host::Open(const base::StateDir& state) { return Open(state, Options()); }

std::unique_ptr<Host> Host::Open(const base::StateDir& state, const Options& options) {
  EnterOwnMountNamespace(state.mounts());
  const CgroupHierarchy cgroups = CgroupHierarchy::Detect();
  cgroups.Prepare();
  std::unique_ptr<Host> host(new Host(state, cgroups, Reaper::Start(state, cgroups), options));
  host->init_ = SealInit(host->ids());
  return host;
}

fs::path Host::ShiftedState(const FileOwner& owner, int user_namespace) {
  if (!ids_.Shifts()) {
    return state_.root();
  }
  const fs::path target =
      stage() / ("state-" + std::to_string(owner.uid) + "-" + std::to_string(owner.gid));
  const std::lock_guard lock(mutex_);
  if (shifted_.contains(owner)) {
    return target;
  }
  const UniqueFd own = owner == FileOwner{} ? UniqueFd() : MakeUserNamespace(ids_, owner);
  const UniqueFd mount =
      CloneShifted(state_.root().c_str(), own ? own.get() : user_namespace, false);
  if ((::mkdir(target.c_str(), 0700) != 0 && errno != EEXIST) ||
      ::syscall(SYS_move_mount, mount.get(), "", AT_FDCWD, target.c_str(),
                MOVE_MOUNT_F_EMPTY_PATH) != 0) {
    throw Error::FromErrno("attach the state directory at " + target.string());
  }
  shifted_.insert(owner);
  return target;
}

}  // namespace runtime::container
