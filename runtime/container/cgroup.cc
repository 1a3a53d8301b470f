#include "runtime/container/cgroup.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <charconv>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/container/cgroup_settings.h"
#include "runtime/container/delegation.h"
#include "runtime/container/device_rules.h"

namespace runtime::container {
namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;

namespace {

constexpr char kParent[] = "runner";

bool HasMagic(const fs::path& path, long magic) {
  struct statfs st;
  return ::statfs(path.c_str(), &st) == 0 && st.f_type == magic;
}

// A hierarchy in which we may make cgroups.
bool IsOurs(const fs::path& path, long magic) {
  return HasMagic(path, magic) && ::access(path.c_str(), W_OK) == 0;
}

// Cgroup files take one value by one write.
bool TryWrite(const fs::path& file, const std::string& value) {
  const base::UniqueFd fd(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  return fd && ::write(fd.get(), value.data(), value.size()) == static_cast<ssize_t>(value.size());
}

void MakeDirectory(const fs::path& path) {
  if (::mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) {
    throw Error::FromErrno("make the cgroup " + path.string());
  }
}

std::optional<uint64_t> ReadNumber(const fs::path& file) {
  const std::optional<std::string> text = base::ReadFileIfExists(file, 4096);
  uint64_t value = 0;
  if (!text ||
      std::from_chars(text->data(), text->data() + text->size(), value).ec != std::errc()) {
    return std::nullopt;
  }
  return value;
}

// The number behind "KEY " at the start of a line.
uint64_t ReadKey(const fs::path& file, const std::string& key) {
  const std::string text = "\n" + base::ReadFileIfExists(file, 16384).value_or("");
  const size_t at = text.find("\n" + key + " ");
  uint64_t value = 0;
  if (at != std::string::npos) {
    const char* begin = text.data() + at + key.size() + 2;
    std::from_chars(begin, text.data() + text.size(), value);
  }
  return value;
}

// A new cpuset of v1 has neither processors nor memory, and takes no task until it has.
void FillCpuset(const fs::path& directory) {
  for (const char* name : {"cpuset.cpus", "cpuset.mems"}) {
    const std::string own = base::ReadFileIfExists(directory / name).value_or("");
    if (own.empty() || own == "\n") {
      TryWrite(directory / name, base::ReadFile(directory.parent_path() / name));
    }
  }
}

void MakeCgroup(const fs::path& directory, bool v2) {
  const fs::path parent = directory.parent_path();
  const bool cpuset = !v2 && parent.parent_path().filename() == "cpuset";
  if (::mkdir(directory.c_str(), 0755) != 0) {
    if (errno != ENOENT) {
      throw Error::FromErrno("make the cgroup " + directory.string());
    }
    MakeDirectory(parent);
    if (v2) {
      AttachDeviceRules(parent);
    } else if (cpuset) {
      FillCpuset(parent);
    }
    MakeDirectory(directory);
  }
  if (cpuset) {
    FillCpuset(directory);
  }
}

// v2: controllers are switched on for the children, level by level; those the host lacks stay off
// and are noticed when a limit needs them.
void EnableControllers(const fs::path& root, const fs::path& directory, const Limits& limits) {
  const auto enable = [&](const char* controller, const char* file) {
    if (!fs::exists(directory / file)) {
      TryWrite(root / "cgroup.subtree_control", controller);
      TryWrite(root / kParent / "cgroup.subtree_control", controller);
    }
  };
  enable("+memory", "memory.max");
  enable("+pids", "pids.max");
  enable("+cpu", "cpu.max");
  if (!limits.cpuset.empty()) {
    enable("+cpuset", "cpuset.cpus");
  }
}

[[noreturn]] void ThrowUnsupported(const CgroupSetting& setting, int number) {
  if (number == EINVAL || number == ERANGE || number == ENOSPC) {
    throw Error(ErrorKind::kUsage,
                std::string("limit ") + setting.controller + ": this host has no " +
                    setting.v2_value + " (" + setting.v2_file + ")",
                number);
  }
  throw Error(ErrorKind::kUnsupported,
              std::string("limit ") + setting.controller +
                  ": this host's cgroups don't offer it (see: runner doctor)",
              number);
}

std::vector<pid_t> Members(const fs::path& directory) noexcept {
  const base::UniqueFd fd(::open((directory / "cgroup.procs").c_str(), O_RDONLY | O_CLOEXEC));
  char text[4096];
  const ssize_t n = fd ? ::read(fd.get(), text, sizeof text) : 0;
  std::vector<pid_t> members;
  for (const char* at = text; at < text + n;) {
    pid_t pid = 0;
    const auto [end, error] = std::from_chars(at, text + n, pid);
    if (error == std::errc() && pid > 1) {
      members.push_back(pid);
    }
    at = end + 1;
  }
  return members;
}

// "9:freezer:/path" in /proc/PID/cgroup.
void ThawProcess(const fs::path& freezer, pid_t process) noexcept {
  const std::string path = "/proc/" + std::to_string(process) + "/cgroup";
  const base::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  char text[8192];
  const ssize_t n = fd ? ::read(fd.get(), text, sizeof text) : 0;
  const std::string_view groups(text, n > 0 ? static_cast<size_t>(n) : 0);
  constexpr std::string_view kFreezer = ":freezer:/";
  const size_t at = groups.find(kFreezer);
  if (at != std::string_view::npos) {
    const size_t begin = at + kFreezer.size();
    const std::string_view group = groups.substr(begin, groups.find('\n', begin) - begin);
    TryWrite(freezer / group / "freezer.state", "THAWED");
  }
}

// `directory` is MOUNT/CONTROLLER/runner/ID.
void ThawMembers(const fs::path& directory) noexcept {
  const fs::path freezer = directory.parent_path().parent_path().parent_path() / "freezer";
  for (const pid_t member : Members(directory)) {
    ThawProcess(freezer, member);
  }
}

void KillMembers(const fs::path& directory) noexcept {
  // v2 has one file for it; on v1 the members are killed one by one, again and again, and thawed,
  // since a frozen one dies only then.
  if (!TryWrite(directory / "cgroup.kill", "1")) {
    for (const pid_t member : Members(directory)) {
      ::kill(member, SIGKILL);
    }
    ThawMembers(directory);
  }
}

}  // namespace

CgroupHierarchy CgroupHierarchy::Detect(const fs::path& mount) {
  CgroupHierarchy hierarchy;
  hierarchy.mount_ = mount;
  if (IsOurs(mount, CGROUP2_SUPER_MAGIC)) {
    hierarchy.version_ = Version::kV2;
  } else if (IsOurs(mount / "pids", CGROUP_SUPER_MAGIC) ||
             IsOurs(mount / "memory", CGROUP_SUPER_MAGIC)) {
    hierarchy.version_ = Version::kV1;
  } else if (HasMagic(mount, CGROUP2_SUPER_MAGIC)) {
    if (const std::optional<fs::path> delegated = FindDelegatedCgroup(mount)) {
      hierarchy.version_ = Version::kV2;
      hierarchy.mount_ = *delegated;
      hierarchy.delegated_ = true;
    }
  }
  return hierarchy;
}

void CgroupHierarchy::Prepare() const {
  if (delegated_) {
    EnterLeaf(mount_);
  }
  if (version_ == Version::kV2) {
    const fs::path parent = mount_ / kParent;
    ::mkdir(parent.c_str(), 0755);
    AttachDeviceRules(parent);
  }
}

std::optional<fs::path> CgroupHierarchy::Controller(const std::string& name) const {
  if (version_ == Version::kV2) {
    return mount_;
  }
  if (version_ == Version::kV1 && HasMagic(mount_ / name, CGROUP_SUPER_MAGIC)) {
    return mount_ / name;
  }
  return std::nullopt;
}

std::vector<fs::path> Cgroup::Directories(const CgroupHierarchy& hierarchy, const std::string& id,
                                          const Limits& limits) {
  // pids and memory always: to count and to account; cpu, so that a container has one share however
  // many processes it makes. On v2 one directory has all controllers.
  std::vector<const char*> controllers = {"pids"};
  if (hierarchy.version() != CgroupHierarchy::Version::kV2) {
    controllers.insert(controllers.end(), {"memory", "cpu"});
    if (!limits.cpuset.empty()) {
      controllers.push_back("cpuset");
    }
  }
  std::vector<fs::path> directories;
  for (const char* controller : controllers) {
    if (const std::optional<fs::path> root = hierarchy.Controller(controller)) {
      directories.push_back(*root / kParent / id);
    }
  }
  return directories;
}

Cgroup Cgroup::Create(const CgroupHierarchy& hierarchy, const std::string& id,
                      const Limits& limits) {
  Cgroup cgroup;
  cgroup.v2_ = hierarchy.version() == CgroupHierarchy::Version::kV2;
  cgroup.memory_limit_ = limits.memory_bytes;
  for (const fs::path& directory : Directories(hierarchy, id, limits)) {
    MakeCgroup(directory, cgroup.v2_);
    cgroup.directories_.push_back(directory);
  }
  if (const std::optional<fs::path> memory = hierarchy.Controller("memory")) {
    cgroup.memory_ = *memory / kParent / id;
  }
  if (cgroup.v2_ && !cgroup.directories_.empty()) {
    EnableControllers(*hierarchy.Controller("memory"), cgroup.directories_.front(), limits);
  }
  for (const CgroupSetting& setting : CgroupSettingsFor(limits)) {
    const std::optional<fs::path> root = hierarchy.Controller(setting.controller);
    const char* name = cgroup.v2_ ? setting.v2_file : setting.v1_file;
    const bool optional = !setting.required || (!root && limits.if_possible);
    const bool written =
        root && name != nullptr &&
        TryWrite(*root / kParent / id / name, cgroup.v2_ ? setting.v2_value : setting.v1_value);
    if (!written && !optional) {
      ThrowUnsupported(setting, root ? errno : 0);
    }
  }
  for (const fs::path& directory : cgroup.directories_) {
    cgroup.join_files_.push_back(
        base::OpenFile(directory / (cgroup.v2_ ? "cgroup.procs" : "tasks"), O_WRONLY));
  }
  if (const std::optional<fs::path> devices = hierarchy.Controller("devices");
      devices && !cgroup.v2_) {
    if (base::UniqueFd rules = OpenDeviceRules(*devices)) {
      cgroup.join_files_.push_back(std::move(rules));
    }
  }
  return cgroup;
}

Cgroup& Cgroup::operator=(Cgroup&& other) noexcept {
  if (this != &other) {
    Abandon();
    directories_ = std::exchange(other.directories_, {});
    join_files_ = std::move(other.join_files_);
    memory_ = std::move(other.memory_);
    v2_ = other.v2_;
    memory_limit_ = other.memory_limit_;
  }
  return *this;
}

Cgroup::~Cgroup() { Abandon(); }

void Cgroup::Abandon() noexcept {
  DestroyCgroups(directories_, 1000);  // What is left after it is the start-up sweep's.
  directories_.clear();
}

uint64_t Cgroup::PeakMemory() const {
  if (memory_.empty()) {
    return 0;
  }
  return ReadNumber(memory_ / (v2_ ? "memory.peak" : "memory.max_usage_in_bytes")).value_or(0);
}

uint64_t Cgroup::RefusedProcesses() const {
  return directories_.empty() ? 0 : ReadKey(directories_.front() / "pids.events", "max");
}

uint64_t Cgroup::PeakProcesses() const {
  const uint64_t all =
      directories_.empty() ? 0 : ReadNumber(directories_.front() / "pids.peak").value_or(0);
  return all > 0 ? all - 1 : 0;
}

std::optional<Cgroup::CpuTime> Cgroup::UsedCpu() const {
  if (!v2_ || directories_.empty()) {
    return std::nullopt;
  }
  const fs::path file = directories_.front() / "cpu.stat";
  return CpuTime{std::chrono::microseconds(ReadKey(file, "user_usec")),
                 std::chrono::microseconds(ReadKey(file, "system_usec"))};
}

bool Cgroup::HadOutOfMemoryKill() const {
  if (memory_.empty()) {
    return false;
  }
  return ReadKey(memory_ / (v2_ ? "memory.events" : "memory.oom_control"), "oom_kill") > 0;
}

void Cgroup::Thaw() const noexcept {
  if (!v2_ && !directories_.empty()) {
    ThawMembers(directories_.front());
  }
}

void Cgroup::Destroy(int patience_ms) {
  if (!DestroyCgroups(directories_, patience_ms)) {
    throw Error(ErrorKind::kInternal, "cgroup " + directories_.front().string() +
                                          " is still populated: a process can't be killed");
  }
  directories_.clear();
}

bool DestroyCgroups(const std::vector<fs::path>& directories, int patience_ms) noexcept {
  bool all = true;
  for (const fs::path& directory : directories) {
    int waited_ms = 0;
    while (::rmdir(directory.c_str()) != 0 && errno != ENOENT) {
      if (errno != EBUSY || waited_ms >= patience_ms) {
        all = false;
        break;
      }
      KillMembers(directory);
      // The kernel has no event for "empty" on v1.
      ::poll(nullptr, 0, 1);
      ++waited_ms;
    }
  }
  return all;
}

}  // namespace runtime::container
