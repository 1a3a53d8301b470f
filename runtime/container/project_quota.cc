#include "runtime/container/project_quota.h"

#include <fcntl.h>
#include <linux/dqblk_xfs.h>
#include <linux/fs.h>
#include <linux/quota.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <string>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/rootless.h"
#include "runtime/container/disk_usage.h"

namespace runtime::container {
namespace fs = std::filesystem;
using base::UniqueFd;

namespace {

// The kernel counts in these (QIF_DQBLKSIZE).
constexpr uint64_t kBlock = 1024;
// A program needs more at a time than what is left of a full quota.
constexpr uint64_t kFullMargin = 64u << 10;
// Project ids below are an administrator's.
constexpr uint32_t kFirstProject = 0x40000000;
constexpr uint32_t kProjects = 0x3FFFFFFF;

bool Quota(int fd, unsigned command, uint32_t project, void* data) {
  return ::syscall(SYS_quotactl_fd, fd, QCMD(command, PRJQUOTA), project, data) == 0;
}

if_dqblk Usage(int fd, uint32_t project) {
  if_dqblk quota = {};
  Quota(fd, Q_GETQUOTA, project, &quota);
  return quota;
}

bool Limit(int fd, uint32_t project, uint64_t bytes) {
  if_dqblk quota = {};
  quota.dqb_bhardlimit = quota.dqb_bsoftlimit = bytes / kBlock;
  quota.dqb_ihardlimit = quota.dqb_isoftlimit = bytes / kLeastFileBytes;
  quota.dqb_valid = QIF_LIMITS;
  return Quota(fd, Q_SETQUOTA, project, &quota);
}

// A layer that a container left keeps its project: an id is new when nothing has it.
uint32_t NewProject(int fd) {
  uint32_t project = 0;
  do {
    if (::getrandom(&project, sizeof project, 0) != sizeof project) {
      throw base::Error::FromErrno("getrandom");
    }
    project = kFirstProject + project % kProjects;
  } while (Usage(fd, project).dqb_curinodes > 0);
  return project;
}

// 0 for none.
uint32_t ProjectOf(int fd) {
  fsxattr attributes = {};
  return ::ioctl(fd, FS_IOC_FSGETXATTR, &attributes) == 0 ? attributes.fsx_projid : 0;
}

void Join(const fs::path& path, uint32_t project) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  fsxattr attributes = {};
  struct stat st;
  if (!fd || ::fstat(fd.get(), &st) != 0 ||
      ::ioctl(fd.get(), FS_IOC_FSGETXATTR, &attributes) != 0) {
    throw base::Error::FromErrno("disk quota of " + path.string());
  }
  attributes.fsx_projid = project;
  attributes.fsx_xflags |= S_ISDIR(st.st_mode) ? FS_XFLAG_PROJINHERIT : 0;
  if (::ioctl(fd.get(), FS_IOC_FSSETXATTR, &attributes) != 0) {
    throw base::Error::FromErrno("disk quota of " + path.string());
  }
}

}  // namespace

bool HasProjectQuotas(const fs::path& directory) {
  const UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  fs_quota_statv state = {};
  state.qs_version = FS_QSTATV_VERSION1;
  return fd && Quota(fd.get(), Q_XGETQSTATV, 0, &state) &&
         (state.qs_flags & FS_QUOTA_PDQ_ENFD) != 0 &&
         base::InInitialUserNamespace();  // Or nobody may set one (quotactl(2), EPERM).
}

ProjectQuota ProjectQuota::Set(const std::vector<fs::path>& directories, uint64_t bytes) {
  UniqueFd first = base::OpenFile(directories.front(), O_RDONLY | O_DIRECTORY);
  const uint32_t before = ProjectOf(first.get());
  const uint32_t project = before >= kFirstProject ? before : NewProject(first.get());
  if (!Limit(first.get(), project, bytes)) {
    throw base::Error::FromErrno("set a disk quota for " + directories.front().string());
  }
  for (const fs::path& directory : directories) {
    const UniqueFd fd = base::OpenFile(directory, O_RDONLY | O_DIRECTORY);
    if (ProjectOf(fd.get()) == project) {
      continue;
    }
    Join(directory, project);
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(directory)) {
      if (entry.is_directory() || entry.is_regular_file()) {
        Join(entry.path(), project);
      }
    }
  }
  return ProjectQuota(std::move(first), project, bytes);
}

uint64_t ProjectQuota::Used() const { return Usage(directory_.get(), project_).dqb_curspace; }

bool ProjectQuota::Full() const {
  const if_dqblk usage = Usage(directory_.get(), project_);
  return usage.dqb_curspace + kFullMargin >= bytes_ ||
         usage.dqb_curinodes >= bytes_ / kLeastFileBytes;
}

void ForgetProjectQuota(const fs::path& directory) noexcept {
  const UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const uint32_t project = fd ? ProjectOf(fd.get()) : 0;
  if (project >= kFirstProject) {
    Limit(fd.get(), project, 0);
  }
}

}  // namespace runtime::container
