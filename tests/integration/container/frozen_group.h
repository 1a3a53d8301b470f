// A cgroup of an administrator's, in which processes are frozen, on v1 and v2.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <sstream>
#include <string>

#include "runtime/base/fd.h"
#include "runtime/base/files.h"

namespace tests {

class FrozenGroup {
 public:
  // Freezes the members of that cgroup.
  explicit FrozenGroup(const std::filesystem::path& cgroup) {
    std::filesystem::create_directory(path_);
    std::istringstream members(runtime::base::ReadFile(cgroup / "cgroup.procs"));
    for (std::string member; members >> member;) {
      count_ += Write("cgroup.procs", member) ? 1 : 0;  // Else it ended meanwhile.
    }
    frozen_ = v1_ ? Write("freezer.state", "FROZEN") : Write("cgroup.freeze", "1");
  }
  FrozenGroup(const FrozenGroup&) = delete;
  FrozenGroup& operator=(const FrozenGroup&) = delete;
  ~FrozenGroup() {
    Write(v1_ ? "freezer.state" : "cgroup.freeze", v1_ ? "THAWED" : "0");
    ::rmdir(path_.c_str());
  }

  int count() const { return frozen_ ? count_ : 0; }

 private:
  bool Write(const char* name, const std::string& text) const {
    const runtime::base::UniqueFd fd(::open((path_ / name).c_str(), O_WRONLY | O_CLOEXEC));
    return fd && ::write(fd.get(), text.data(), text.size()) > 0;
  }

  bool v1_ = std::filesystem::exists("/sys/fs/cgroup/freezer");
  std::filesystem::path path_ =
      v1_ ? "/sys/fs/cgroup/freezer/frozen-by-a-test" : "/sys/fs/cgroup/frozen-by-a-test";
  int count_ = 0;
  bool frozen_ = false;
};

}  // namespace tests
