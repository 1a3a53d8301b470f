// ContainerSpec: one container, completely described. A plain value: making one touches nothing.
#pragma once

#include <linux/filter.h>
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "runtime/container/id_map.h"
#include "runtime/layer/snapshot.h"

namespace runtime::container {

// Numeric, as seen inside the container.
struct User {
  uint32_t uid = 0;
  uint32_t gid = 0;
  std::vector<uint32_t> groups;
};

// A host path made visible. `source` comes from us or from the administrator, never from a
// repository; it is opened once and used by descriptor. Owners are shifted like a layer's.
struct BindMount {
  std::filesystem::path source;
  std::filesystem::path target;  // absolute, inside
  bool read_only = true;
  // The source has no link in it: one that is there later, at a restart, is refused.
  bool resolved = false;
};

// A directory of the container's own files, at a second place.
struct InnerMount {
  std::filesystem::path source;  // absolute, inside, no link on the way to it; must be there
  std::filesystem::path target;  // absolute, inside
  bool read_only = false;
};

struct TmpfsMount {
  std::filesystem::path target;
  uint64_t size_bytes = 64u << 20;
  unsigned mode = 01777;
  bool read_only = false;
  bool executable = true;  // programs on it may be run
};

// What the container's user alone may read, and nobody write: /run/secrets/NAME, on a file system
// in memory of the container's own. On no disk, in no environment, no argument.
struct SecretFile {
  std::string name;  // of a file: no "/", not "." or ".."
  std::string content;
};

// The workspace or another stack of layers beside the root file system.
struct OverlayMount {
  layer::Snapshot snapshot;
  std::filesystem::path target;
  bool read_only = false;
  FileOwner owner = {};
};

// A kernel parameter of the container's own (sysctl.h).
struct Sysctl {
  std::string name;  // "net.core.somaxconn"
  std::string value;
};

enum class Network {
  kNone,  // a network namespace of its own with loopback only
  kHost,  // the host's
};

inline constexpr uint64_t kUnlimited = UINT64_MAX;

// What setrlimit(2) takes; kUnlimited for no limit.
struct ResourceLimit {
  int resource = 0;  // RLIMIT_*
  uint64_t soft = 0;
  uint64_t hard = 0;
  bool operator==(const ResourceLimit&) const = default;
};

// Zero or empty: no limit of that kind, unless it says otherwise.
struct Limits {
  uint64_t memory_bytes = 0;
  uint64_t swap_bytes = 0;  // beside limited memory; zero: none
  double cpus = 0;
  uint64_t cpu_shares = 0;  // in proportion to those of others, who have 1024
  std::string cpuset = {};  // "0-2,5"
  uint32_t pids = 0;
  uint64_t shm_bytes = 64u << 20;  // of /dev/shm
  // Of what it writes to its own layers. The file system holds it where that can (project_quota.h);
  // else the container is ended once it is found to have more (disk_watch.h), and without a
  // writable volume no file of it grows beyond that.
  uint64_t disk_bytes = 0;
  // By kind, at most one of each. Open files that aren't here are limited to 65,536, core files to
  // none; the rest is as the runner has it.
  std::vector<ResourceLimit> resources = {};
  // -1000 to 1000 (proc_pid_oom_score_adj(5)). By itself 500: when the host is out of memory, the
  // kernel takes what runs in a container before it takes the runner.
  std::optional<int> oom_score_adj = {};
  bool if_possible = false;         // go without where the host has no cgroups for us, else refuse
  bool memory_if_possible = false;  // the same of memory alone, which wasn't asked for
};

enum class SeccompProfile { kDefault, kUnconfined, kOwn };

// For kOwn: what CompileSeccompRules() made (seccomp_rules.h).
struct SeccompProgram {
  std::vector<sock_filter> instructions;
  uint32_t flags = 0;  // SECCOMP_FILTER_FLAG_*
};

struct ContainerSpec {
  std::string id;  // of a ContainerDirectory that outlives the container
  std::string hostname;
  layer::Snapshot rootfs;
  bool read_only = false;
  std::vector<OverlayMount> overlays;
  std::vector<BindMount> binds;
  std::vector<InnerMount> inner;  // after all others; not of kept containers
  std::vector<TmpfsMount> tmpfs;
  std::vector<SecretFile> secrets;
  std::vector<Sysctl> sysctls;

  // Nothing is run in it but our init: its files are there as for its program, until it is killed.
  bool idle = false;
  std::vector<std::string> argv;  // argv[0] is looked up in PATH of `env` when it has no slash
  std::vector<std::string> env;   // "NAME=value", all of it
  std::filesystem::path cwd = "/";
  bool make_cwd = false;  // as docker's WORKDIR: made when it is missing
  User user;
  std::vector<std::string> capabilities;  // "CHOWN" or "CAP_CHOWN"
  SeccompProfile seccomp = SeccompProfile::kDefault;
  SeccompProgram own_seccomp;
  Network network = Network::kNone;
  // With Network::kNone: makes more of the container's network namespace than loopback. Called once
  // while the container is set up, with a process that is in it. May throw Error.
  std::function<void(pid_t process)> configure_network;
  unsigned cores = 0;       // that its programs find and run on (sched_setaffinity(2)); 0: all
  std::string resolv_conf;  // content of /etc/resolv.conf, with Network::kNone
  std::string hosts;        // lines of /etc/hosts behind localhost's; empty: the host name alone
  Limits limits;
  bool terminal = false;  // a pseudo-terminal as stdin, stdout and stderr

  std::chrono::milliseconds timeout{0};     // 0: none
  std::chrono::milliseconds grace{10'000};  // between SIGTERM and SIGKILL
  int stop_signal = 15;
};

// The directories of the host that hold what the container writes: upper and work directories, and
// what is mounted from beside them. They exist once the container was launched.
std::vector<std::filesystem::path> WritableDirectories(const ContainerSpec& spec);
// Whether it can write to anything else of the host.
bool HasWritableVolume(const ContainerSpec& spec);

// Docker's fourteen.
const std::vector<std::string>& DefaultCapabilities();

}  // namespace runtime::container
