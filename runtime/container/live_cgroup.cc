#include "runtime/container/live_cgroup.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <sstream>
#include <system_error>

#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runtime::container {
namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using Version = CgroupHierarchy::Version;

namespace {

// The kernel has no event for "frozen" on v1. A process that is in a system call which can't be
// interrupted takes its time.
constexpr int kMostLooks = 5000;
constexpr int kLookAgainMs = 1;

std::string Read(const fs::path& file) {
  try {
    return base::ReadFileIfExists(file, 1 << 20).value_or("");
  } catch (const Error&) {
    return "";  // The cgroup goes as we look.
  }
}

bool Write(const fs::path& file, const std::string& value) {
  const base::UniqueFd fd(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  return fd && ::write(fd.get(), value.data(), value.size()) == static_cast<ssize_t>(value.size());
}

std::set<std::string> Members(const fs::path& directory) {
  std::istringstream lines(Read(directory / "cgroup.procs"));
  std::set<std::string> members;
  for (std::string pid; lines >> pid;) {
    members.insert(pid);
  }
  return members;
}

std::optional<uint64_t> Number(const std::string& text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() ? std::optional(value) : std::nullopt;
}

// The number behind "KEY " at the start of a line.
std::optional<uint64_t> Key(const fs::path& file, const std::string& key) {
  std::istringstream words(Read(file));
  for (std::string name, value; words >> name >> value;) {
    if (name == key) {
      return Number(value);
    }
  }
  return std::nullopt;
}

uint64_t HostMemory() {
  struct sysinfo info;
  return ::sysinfo(&info) == 0 ? uint64_t{info.totalram} * info.mem_unit : 0;
}

[[noreturn]] void ThrowStuck() {
  throw Error(ErrorKind::kUnavailable, "a process of the container doesn't stand still");
}

}  // namespace

std::optional<fs::path> LiveCgroup::Find(const char* controller) const {
  const std::optional<fs::path> root = hierarchy_.Controller(controller);
  const fs::path directory = root.value_or("") / "runner" / id_;
  std::error_code error;
  return root && fs::exists(directory, error) ? std::optional(directory) : std::nullopt;
}

void LiveCgroup::Freeze() const {
  if (!Find("pids") || !hierarchy_.Controller("freezer")) {
    throw Error(ErrorKind::kUnsupported, "this host's cgroups don't offer it (see: runner doctor)");
  }
  hierarchy_.version() == Version::kV2 ? FreezeV2() : FreezeV1();
}

void LiveCgroup::FreezeV2() const {
  const fs::path directory = *Find("pids");
  if (!Write(directory / "cgroup.freeze", "1")) {
    throw Error::FromErrno("write cgroup.freeze");
  }
  for (int look = 0; Key(directory / "cgroup.events", "frozen") != 1; ++look) {
    if (look == kMostLooks) {
      Thaw();
      ThrowStuck();
    }
    ::poll(nullptr, 0, kLookAgainMs);
  }
}

// The container isn't in a freezer until it is needed. It is frozen first, and then everything is
// moved there: what is inside stands still at once, what isn't yet can bear only what will be
// found.
void LiveCgroup::FreezeV1() const {
  const fs::path freezer = *hierarchy_.Controller("freezer") / "runner" / id_;
  ::mkdir(freezer.parent_path().c_str(), 0755);
  if ((::mkdir(freezer.c_str(), 0755) != 0 && errno != EEXIST) ||
      !Write(freezer / "freezer.state", "FROZEN")) {
    throw Error::FromErrno("make the cgroup " + freezer.string());
  }
  const fs::path members = *Find("pids");
  for (int look = 0; look < kMostLooks; ++look) {
    const std::set<std::string> all = Members(members);
    const std::set<std::string> inside = Members(freezer);
    bool moved = false;
    for (const std::string& pid : all) {
      moved = (!inside.contains(pid) && Write(freezer / "cgroup.procs", pid)) || moved;
    }
    if (moved) {
      continue;
    }
    if (Read(freezer / "freezer.state") == "FROZEN\n") {
      return;
    }
    ::poll(nullptr, 0, kLookAgainMs);
  }
  Thaw();
  ThrowStuck();
}

void LiveCgroup::Thaw() const noexcept {
  if (const std::optional<fs::path> directory = Find("freezer")) {
    Write(*directory / (hierarchy_.version() == Version::kV2 ? "cgroup.freeze" : "freezer.state"),
          hierarchy_.version() == Version::kV2 ? "0" : "THAWED");
  }
}

void LiveCgroup::Forget(int patience_ms) const noexcept {
  if (hierarchy_.version() == Version::kV1) {
    if (const std::optional<fs::path> directory = Find("freezer")) {
      Thaw();
      DestroyCgroups({*directory}, patience_ms);
    }
  }
}

LiveUsage LiveCgroup::Usage() const {
  LiveUsage usage;
  const bool v2 = hierarchy_.version() == Version::kV2;
  if (const std::optional<fs::path> memory = Find("memory")) {
    usage.memory_bytes = Number(Read(*memory / (v2 ? "memory.current" : "memory.usage_in_bytes")));
    const uint64_t cache =
        Key(*memory / "memory.stat", v2 ? "inactive_file" : "total_inactive_file").value_or(0);
    if (usage.memory_bytes) {
      *usage.memory_bytes -= std::min(cache, *usage.memory_bytes);
    }
    const uint64_t host = HostMemory();
    usage.memory_limit_bytes = std::min(
        Number(Read(*memory / (v2 ? "memory.max" : "memory.limit_in_bytes"))).value_or(host), host);
  }
  if (const std::optional<fs::path> pids = Find("pids")) {
    usage.processes = Number(Read(*pids / "pids.current"));
    usage.cpu_microseconds = Key(*pids / "cpu.stat", "usage_usec");
  }
  return usage;
}

}  // namespace runtime::container
