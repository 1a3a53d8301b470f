#include "runtime/volume/seed.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "runtime/base/beneath.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/container/project_quota.h"
#include "runtime/layer/copy.h"
#include "runtime/layer/view.h"

namespace runtime::volume {
namespace fs = std::filesystem;
using base::Error;
using base::UniqueFd;

namespace {

constexpr char kDraft[] = "seed";

// Nothing when the image has no directory there.
UniqueFd OpenDirectory(int view, const fs::path& path) {
  try {
    return base::OpenBeneath(view, path, O_RDONLY | O_DIRECTORY, base::Links::kInRoot);
  } catch (const Error& e) {
    if (e.errno_value() == ENOENT || e.errno_value() == ENOTDIR) {
      return {};
    }
    throw;
  }
}

// A complete copy takes the place of the empty directory at once.
void Fill(const Volume& volume, int source) {
  const fs::path draft = volume.data.parent_path() / kDraft;
  base::RemoveTree(draft);
  base::MakeDirectories(draft, 0755);
  if (volume.size_bytes > 0) {
    container::ProjectQuota::Set({volume.data, draft}, volume.size_bytes);
  }
  const UniqueFd target = base::OpenFile(draft, O_RDONLY | O_DIRECTORY);
  layer::CopyTree(source, "./", target.get(), ".");
  struct stat st;
  if (::fstat(source, &st) != 0 || ::fchown(target.get(), st.st_uid, st.st_gid) != 0 ||
      ::fchmod(target.get(), st.st_mode & 07777) != 0) {
    throw Error::FromErrno("set the owner of " + draft.string());
  }
  if (::rename(draft.c_str(), volume.data.c_str()) != 0) {
    throw Error::FromErrno("rename to " + volume.data.string());
  }
}

}  // namespace

void SeedVolume(HeldVolume& held, const layer::Snapshot& rootfs, const fs::path& target) {
  const Volume& volume = held.volume;
  if (!fs::is_empty(volume.data) || ::flock(held.lock.get(), LOCK_EX | LOCK_NB) != 0) {
    // In use, or being filled: then this waits.
    ::flock(held.lock.get(), LOCK_SH);
    return;
  }
  base::WithContext("fill volume " + volume.name + " from the image's " + target.string(), [&] {
    const UniqueFd view = layer::OpenView(rootfs);
    const UniqueFd source = OpenDirectory(view.get(), target.relative_path());
    if (source && fs::is_empty(volume.data)) {
      Fill(volume, source.get());
    }
  });
  ::flock(held.lock.get(), LOCK_SH);
}

}  // namespace runtime::volume
