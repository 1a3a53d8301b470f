#include "tests/support/ordinary_user.h"

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace tests {

namespace base = runtime::base;
namespace fs = std::filesystem;

namespace {

// Mounts a file with this content over that of the host.
void Cover(const fs::path& scratch, const fs::path& file, const std::string& content) {
  const fs::path copy = scratch / ("etc-" + file.filename().string());
  base::WriteFileAtomically(copy, content, base::Durability::kNoFlush, 0644);
  if (!fs::exists(file)) {
    base::WriteFileAtomically(file, "", base::Durability::kNoFlush, 0644);
  }
  if (::mount(copy.c_str(), file.c_str(), nullptr, MS_BIND, nullptr) != 0) {
    throw base::Error::FromErrno("cover " + file.string());
  }
}

}  // namespace

OrdinaryUser::OrdinaryUser(const fs::path& scratch, SubordinateIds ids) {
  if (::unshare(CLONE_NEWNS) != 0 ||
      ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    throw base::Error::FromErrno("make a mount namespace");
  }
  const std::string id = std::to_string(kUid);
  Cover(scratch, "/etc/passwd",
        base::ReadFile("/etc/passwd") + "runner-test:x:" + id + ":" + id + "::/:/bin/sh\n");
  const std::string range = ids == SubordinateIds::kRange
                                ? "runner-test:" + std::to_string(kFirstSubordinateId) + ":65536\n"
                                : "";
  Cover(scratch, "/etc/subuid", range);
  Cover(scratch, "/etc/subgid", range);
}

std::vector<std::string> OrdinaryUser::Command(const std::vector<std::string>& words) const {
  const std::string id = std::to_string(kUid);
  std::vector<std::string> command = {"setpriv", "--reuid", id, "--regid", id, "--clear-groups"};
  command.insert(command.end(), words.begin(), words.end());
  return command;
}

void OrdinaryUser::Give(const fs::path& path) const {
  const auto give = [](const fs::path& one) {
    if (::lchown(one.c_str(), kUid, kUid) != 0) {
      throw base::Error::FromErrno("chown " + one.string());
    }
  };
  give(path);
  if (fs::is_directory(fs::symlink_status(path))) {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(path)) {
      give(entry.path());
    }
  }
}

}  // namespace tests
