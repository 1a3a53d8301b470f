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
  MakePlaces(state, directory,
             {{"proc", "sys", "dev", "etc"}, {"etc/hostname", "etc/hosts", "etc/resolv.conf"}});
  return directory;
}

void MakePlaces(const base::StateDir& state, const fs::path& target, const Places& places) {
  if (::access(target.c_str(), F_OK) == 0) {
    return;
  }
  const base::TemporaryDirectory draft(state.tmp(), "mount-points-");
  const fs::path root = draft.path() / "root";
  const auto make = [](const fs::path& path) {
    base::MakeDirectories(path);
    fs::permissions(path, fs::perms(0755));  // Whatever our umask.
  };
  make(root);
  for (const fs::path& path : places.directories) {
    make(root / path);
  }
  for (const fs::path& path : places.files) {
    base::WriteFileAtomically(root / path, "", base::Durability::kNoFlush, 0644);
  }
  // Another process may have been faster.
  if (std::rename(root.c_str(), target.c_str()) != 0 && errno != EEXIST && errno != ENOTEMPTY) {
    throw Error::FromErrno("make " + target.string());
  }
}

}  // namespace runtime::container
