#include "runtime/container/delegation.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runtime::container {
namespace fs = std::filesystem;
namespace {

constexpr char kLeaf[] = "runner-host";
constexpr size_t kMaxFile = 1 << 20;

bool MayWrite(const fs::path& path) { return ::access(path.c_str(), W_OK) == 0; }

}  // namespace

std::optional<fs::path> FindDelegatedCgroup(const fs::path& mount) {
  try {
    // The line of the v2 hierarchy is "0::/PATH" (cgroups(7)).
    const std::string lines = "\n" + base::ReadFile("/proc/self/cgroup", kMaxFile);
    const size_t begin = lines.find("\n0::/");
    if (begin == std::string::npos) {
      return std::nullopt;
    }
    const size_t path = begin + 5;
    fs::path own = mount / lines.substr(path, lines.find('\n', path) - path);
    if (own.filename() == kLeaf) {
      own = own.parent_path();
    }
    return MayWrite(own) && MayWrite(own / "cgroup.procs") ? std::optional(own) : std::nullopt;
  } catch (const base::Error&) {
    return std::nullopt;
  }
}

void EnterLeaf(const fs::path& delegated) noexcept {
  try {
    const std::string processes = base::ReadFile(delegated / "cgroup.procs", kMaxFile);
    if (processes.empty()) {
      return;
    }
    const fs::path leaf = delegated / kLeaf;
    ::mkdir(leaf.c_str(), 0755);
    const base::UniqueFd join = base::OpenFile(leaf / "cgroup.procs", O_WRONLY);
    for (size_t at = 0; at < processes.size(); at = processes.find('\n', at) + 1) {
      const std::string process = processes.substr(at, processes.find('\n', at) - at);
      [[maybe_unused]] const ssize_t n = ::write(join.get(), process.data(), process.size());
    }
  } catch (const std::exception&) {
    // A limit that can't be set says so.
  }
}

}  // namespace runtime::container
