#include "runtime/container/mount_plan.h"

#include <linux/mount.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>

namespace runtime::container {
namespace {

using Kind = MountStep::Kind;

constexpr uint64_t kHardened = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;

constexpr uint64_t kDevBytes = 64u << 20;

// "tty" in every distribution's group file.
constexpr uint32_t kTerminalGroup = 5;

// Relative to the root: mount targets are resolved beneath it.
std::string Relative(const std::filesystem::path& path) { return path.relative_path().string(); }

// Options of a tmpfs. Inodes are memory too, and a file may be empty.
std::string Memory(unsigned mode, uint64_t bytes) {
  constexpr uint64_t kBytesAFile = 4096;
  char text[96];
  std::snprintf(text, sizeof text, "mode=%o,size=%" PRIu64 ",nr_inodes=%" PRIu64, mode & 07777,
                bytes, std::max<uint64_t>(bytes / kBytesAFile, 1024));
  return text;
}

MountStep FileSystem(std::string type, std::string target, uint64_t flags, std::string options) {
  return {.kind = Kind::kFileSystem,
          .target = std::move(target),
          .source = {},
          .type = std::move(type),
          .options = std::move(options),
          .flags = flags};
}

MountStep Link(std::string target, std::string source) {
  return {.kind = Kind::kSymlink, .target = std::move(target), .source = std::move(source)};
}

void AddDevices(std::vector<MountStep>& plan, bool terminal, uint64_t shm_bytes, const IdMap& ids) {
  plan.push_back(
      FileSystem("tmpfs", "dev", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, Memory(0755, kDevBytes)));
  struct Device {
    const char* name;
    unsigned major;
    unsigned minor;
  };
  // Documentation/admin-guide/devices.txt
  for (const Device& device : {Device{"null", 1, 3},
                               {"zero", 1, 5},
                               {"full", 1, 7},
                               {"random", 1, 8},
                               {"urandom", 1, 9},
                               {"tty", 5, 0}}) {
    plan.push_back({.kind = Kind::kDevice,
                    .target = std::string("dev/") + device.name,
                    .source = std::string("/dev/") + device.name,
                    .flags = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC,
                    .device = makedev(device.major, device.minor),
                    .file = true});
  }
  plan.push_back(FileSystem("devpts", "dev/pts", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC,
                            std::string("newinstance,ptmxmode=0666,mode=0620") +
                                (ids.count > kTerminalGroup ? ",gid=5" : "")));
  plan.push_back(FileSystem("tmpfs", "dev/shm", kHardened, Memory(01777, shm_bytes)));
  plan.push_back(FileSystem("mqueue", "dev/mqueue", kHardened, ""));
  plan.push_back(Link("dev/ptmx", "pts/ptmx"));
  plan.push_back(Link("dev/fd", "/proc/self/fd"));
  plan.push_back(Link("dev/stdin", "/proc/self/fd/0"));
  plan.push_back(Link("dev/stdout", "/proc/self/fd/1"));
  plan.push_back(Link("dev/stderr", "/proc/self/fd/2"));
  if (terminal) {
    plan.push_back({.kind = Kind::kConsole, .target = "dev/console", .file = true});
  }
}

// Over whatever is at that place, so that nothing of the image or of a volume is taken for one.
void AddSecrets(std::vector<MountStep>& plan, const ContainerSpec& spec) {
  constexpr uint64_t kPage = 4096;
  if (spec.secrets.empty()) {
    return;
  }
  uint64_t pages = 0;
  for (const SecretFile& secret : spec.secrets) {
    pages += secret.content.size() / kPage + 1;
  }
  char options[128];
  std::snprintf(options, sizeof options, "mode=500,uid=%u,gid=%u,size=%" PRIu64 ",nr_inodes=%zu",
                spec.user.uid, spec.user.gid, pages * kPage, spec.secrets.size() + 1);
  plan.push_back({.kind = Kind::kSecrets,
                  .target = "run/secrets",
                  .options = options,
                  .flags = kHardened | MOUNT_ATTR_RDONLY,
                  .follow = true});
}

// Before /proc/sys is made read-only.
void AddSysctls(std::vector<MountStep>& plan, const std::vector<Sysctl>& sysctls) {
  for (const Sysctl& sysctl : sysctls) {
    std::string path = "proc/sys/" + sysctl.name;
    std::replace(path.begin() + 9, path.end(), '.', '/');
    plan.push_back({.kind = Kind::kSysctl, .target = std::move(path), .source = sysctl.value});
  }
}

// What docker masks and makes read-only, and of SECURITY-TESTS.md section 5 what costs no program
// its work.
void AddMasks(std::vector<MountStep>& plan, const std::vector<std::string>& host_masks) {
  for (const char* path : {"proc/acpi",          "proc/asound",
                           "proc/interrupts",    "proc/kcore",
                           "proc/keys",          "proc/kallsyms",
                           "proc/kpagecount",    "proc/kpageflags",
                           "proc/kpagecgroup",   "proc/config.gz",
                           "proc/latency_stats", "proc/modules",
                           "proc/timer_list",    "proc/timer_stats",
                           "proc/sched_debug",   "proc/scsi",
                           "sys/firmware",       "sys/devices/virtual/powercap",
                           "sys/kernel",         "sys/fs"}) {
    plan.push_back({.kind = Kind::kMask, .target = path});
  }
  for (const std::string& path : host_masks) {
    plan.push_back({.kind = Kind::kMask, .target = path});
  }
  for (const char* path : {"proc/bus", "proc/fs", "proc/irq", "proc/sys", "proc/sysrq-trigger"}) {
    plan.push_back({.kind = Kind::kReadOnly, .target = path});
  }
}

}  // namespace

std::vector<MountStep> PlanMounts(const ContainerSpec& spec,
                                  const std::vector<std::string>& host_masks, const IdMap& ids) {
  std::vector<MountStep> plan;
  plan.push_back(FileSystem("proc", "proc", kHardened, ""));
  unsigned index = 0;  // 0 is the root file system
  const auto attach = [&](std::string target, uint64_t flags, bool file, bool follow = true) {
    plan.push_back({.kind = Kind::kAttach,
                    .target = std::move(target),
                    .flags = flags,
                    .index = ++index,
                    .follow = follow,
                    .file = file});
  };
  if (spec.network != Network::kHost) {
    plan.push_back(FileSystem("sysfs", "sys", kHardened | MOUNT_ATTR_RDONLY, ""));
  }
  AddDevices(plan, spec.terminal, spec.limits.shm_bytes, ids);
  for (const char* name : {"hostname", "hosts", "resolv.conf"}) {
    plan.push_back({.kind = Kind::kStageFile,
                    .target = std::string("etc/") + name,
                    .source = name,
                    .follow = true,
                    .file = true});
  }
  for (const TmpfsMount& mount : spec.tmpfs) {
    plan.push_back(FileSystem("tmpfs", Relative(mount.target),
                              MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
                                  (mount.read_only ? MOUNT_ATTR_RDONLY : 0) |
                                  (mount.executable ? 0 : MOUNT_ATTR_NOEXEC),
                              Memory(mount.mode, mount.size_bytes)));
    plan.back().follow = true;
  }
  for (const OverlayMount& mount : spec.overlays) {
    attach(Relative(mount.target),
           MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | (mount.read_only ? MOUNT_ATTR_RDONLY : 0), false);
  }
  for (const BindMount& mount : spec.binds) {
    attach(Relative(mount.target),
           MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | (mount.read_only ? MOUNT_ATTR_RDONLY : 0),
           !std::filesystem::is_directory(mount.source));
  }
  for (const InnerMount& mount : spec.inner) {
    plan.push_back({.kind = Kind::kInner,
                    .target = Relative(mount.target),
                    .source = Relative(mount.source),
                    .flags = mount.read_only ? uint64_t{MOUNT_ATTR_RDONLY} : 0,
                    .follow = true});
  }
  if (spec.network == Network::kHost) {
    attach("sys", kHardened | MOUNT_ATTR_RDONLY, false, false);
  }
  AddSecrets(plan, spec);
  AddSysctls(plan, spec.sysctls);
  AddMasks(plan, host_masks);
  return plan;
}

std::set<std::string> OwnMountPoints(ContainerSpec spec) {
  spec.overlays.clear();
  spec.binds.clear();
  spec.tmpfs.clear();
  std::set<std::string> points;
  for (const MountStep& step : PlanMounts(spec)) {
    for (std::filesystem::path path = step.target; !path.empty(); path = path.parent_path()) {
      points.insert(path.string());
    }
  }
  return points;
}

std::string Describe(const MountStep& step) {
  switch (step.kind) {
    case Kind::kAttach:
      return "attach " + std::to_string(step.index) + " -> " + step.target;
    case Kind::kFileSystem:
      return step.type + " -> " + step.target +
             (step.options.empty() ? "" : " (" + step.options + ")");
    case Kind::kDevice:
    case Kind::kInner:
    case Kind::kStageFile:
    case Kind::kSymlink:
      return step.source + " -> " + step.target;
    case Kind::kConsole:
      return "terminal -> " + step.target;
    case Kind::kSecrets:
      return "secrets -> " + step.target + " (" + step.options + ")";
    case Kind::kMask:
      return "mask " + step.target;
    case Kind::kReadOnly:
      return "read-only " + step.target;
    case Kind::kSysctl:
      return "write " + step.source + " -> " + step.target;
  }
  return {};
}

}  // namespace runtime::container
