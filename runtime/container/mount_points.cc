#include "runtime/container/mount_points.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runtime::container {
namespace fs = std::filesystem;
using base::Error;

fs::path MountPoints(const base::StateDir& state) {
  const fs::path directory = state.mount_points();
  if (::access(directory.c_str(), F_OK) == 0) {
    return directory;
  }
  const base::TemporaryDirectory draft(state.tmp(), "mount-points-");
  const fs::path root = draft.path() / "root";
  for (const fs::path& path : {root, root / "proc", root / "sys", root / "dev", root / "etc"}) {
    base::MakeDirectories(path);
    fs::permissions(path, fs::perms(0755));  // Whatever our umask.
  }
  for (const char* name : {"hostname", "hosts", "resolv.conf"}) {
    base::WriteFileAtomically(root / "etc" / name, "", base::Durability::kNoFlush, 0644);
  }
  // Another process may have been faster.
  if (std::rename(root.c_str(), directory.c_str()) != 0 && errno != EEXIST && errno != ENOTEMPTY) {
    throw Error::FromErrno("make " + directory.string());
  }
  return directory;
}

}  // namespace runtime::container
