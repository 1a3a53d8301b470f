#include "runtime/container/container_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>

#include <array>
#include <system_error>

#include "runtime/base/digest.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runtime::container {
namespace fs = std::filesystem;
using base::Error;
using base::UniqueFd;

namespace {

std::string RandomId() {
  std::array<char, 6> bytes;
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throw Error::FromErrno("getrandom");
  }
  return base::ToHex({bytes.data(), bytes.size()});
}

constexpr int kPatienceMs = 1000;
// Each may lose to a sweep; but a file system without locks is told and not tried for ever.
constexpr int kMaxAttempts = 100;

}  // namespace

ContainerDirectory::ContainerDirectory(Host& host) : host_(host) {
  // A sweep that finds the directory before it is locked takes it for a leftover.
  for (int attempt = 0; !lock_; ++attempt) {
    id_ = RandomId();
    path_ = host_.state().containers() / id_;
    host_.reaper().Watch(id_);
    if (::mkdir(path_.c_str(), 0700) != 0) {
      throw Error::FromErrno("make " + path_.string());
    }
    lock_ = base::OpenLockedDirectory(path_, LOCK_EX | LOCK_NB);
    if (!lock_ && attempt == kMaxAttempts) {
      throw Error::FromErrno("lock " + path_.string());
    }
    if (!lock_) {
      host_.reaper().Remove(id_);
    }
  }
}

ContainerDirectory::~ContainerDirectory() {
  if (!host_.reaper().Remove(id_)) {
    RemoveContainer(host_.state(), host_.cgroups(), id_, kPatienceMs);
  }
}

layer::Snapshot ContainerDirectory::Writable(layer::Snapshot stack, const std::string& name) const {
  stack.upper = path_ / name;
  stack.work = path_ / (name + ".work");
  return stack;
}

void SweepLeftovers(const base::StateDir& state, const CgroupHierarchy& cgroups) noexcept {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(state.containers(), error)) {
    if (const UniqueFd lock = base::OpenLockedDirectory(entry.path(), LOCK_EX | LOCK_NB)) {
      RemoveContainer(state, cgroups, entry.path().filename(), kPatienceMs);
    }
  }
  base::SweepUnheld(state.tmp());
  for (const fs::directory_entry& entry : fs::directory_iterator(state.trash(), error)) {
    try {
      base::RemoveTree(entry.path());
    } catch (const Error&) {
      // A later sweep tries again.
    }
  }
}

}  // namespace runtime::container
