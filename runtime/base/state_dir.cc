#include "runtime/base/state_dir.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/rootless.h"

namespace runtime::base {
namespace fs = std::filesystem;

StateDir::StateDir(fs::path root) : root_(fs::absolute(root).lexically_normal()) {
  // "trash" is made last: where it stands, all of them do, and a start costs one look.
  if (::access(trash().c_str(), X_OK) == 0) {
    return;
  }
  const auto refuse = [this](int number) {
    throw Error::FromErrno(
        "make " + root_.string() + " a state directory (--root or RUNNER_ROOT names another)",
        number);
  };
  try {
    MakeDirectories(root_, 0700);
  } catch (const Error& e) {
    refuse(e.errno_value());
  }
  if (::chmod(root_.c_str(), 0700) != 0) {
    refuse(errno);
  }
  for (const fs::path& directory : {blobs(), refs(), layers(), containers(), mounts(), git(),
                                    runs(), locks(), tmp(), trash()}) {
    MakeDirectories(directory, 0700);
  }
}

fs::path StateDir::DefaultRoot() {
  if (const char* root = std::getenv("RUNNER_ROOT"); root != nullptr && *root != '\0') {
    return root;
  }
  if (::geteuid() == 0 && InInitialUserNamespace()) {
    return "/var/lib/runner";
  }
  if (const char* data = std::getenv("XDG_DATA_HOME"); data != nullptr && *data != '\0') {
    return fs::path(data) / "runner";
  }
  if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') {
    return fs::path(home) / ".local/share/runner";
  }
  throw Error(ErrorKind::kUsage, "no state directory: set RUNNER_ROOT or HOME, or give --root DIR");
}

}  // namespace runtime::base
