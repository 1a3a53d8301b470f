#include "runtime/container/resource_limits.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "runtime/base/cpus.h"
#include "runtime/base/error.h"
#include "runtime/base/fd.h"

namespace runtime::container {
namespace {

struct Resource {
  const char* name;
  int number;
};

constexpr Resource kResources[] = {
    {"as", RLIMIT_AS},           {"core", RLIMIT_CORE},         {"cpu", RLIMIT_CPU},
    {"data", RLIMIT_DATA},       {"fsize", RLIMIT_FSIZE},       {"locks", RLIMIT_LOCKS},
    {"memlock", RLIMIT_MEMLOCK}, {"msgqueue", RLIMIT_MSGQUEUE}, {"nice", RLIMIT_NICE},
    {"nofile", RLIMIT_NOFILE},   {"nproc", RLIMIT_NPROC},       {"rss", RLIMIT_RSS},
    {"rtprio", RLIMIT_RTPRIO},   {"rttime", RLIMIT_RTTIME},     {"sigpending", RLIMIT_SIGPENDING},
    {"stack", RLIMIT_STACK}};

constexpr rlim_t kOpenFiles = 65'536;

// Less than the kernel writes into a file; and where the host's core_pattern is a program, which is
// given the memory of what crashed whatever the limit, the one value at which it isn't started
// (do_coredump() in the kernel's fs/coredump.c, since 2.6.32).
constexpr rlim_t kCoreFile = 1;

// As if it used half of the host's memory more than it does.
constexpr int kOomScore = 500;

rlimit Own(int resource) {
  rlimit own = {};
  ::getrlimit(static_cast<__rlimit_resource>(resource), &own);
  return own;
}

bool Has(const std::vector<ResourceLimit>& limits, int resource) {
  return std::any_of(limits.begin(), limits.end(),
                     [&](const ResourceLimit& limit) { return limit.resource == resource; });
}

}  // namespace

const char* ResourceName(int resource) {
  for (const Resource& known : kResources) {
    if (known.number == resource) {
      return known.name;
    }
  }
  return "";
}

std::optional<int> ResourceByName(std::string_view name) {
  for (const Resource& known : kResources) {
    if (known.name == name) {
      return known.number;
    }
  }
  return std::nullopt;
}

std::vector<ResourceLimit> ResourcesFor(const ContainerSpec& spec, bool quotas) {
  std::vector<ResourceLimit> resources = spec.limits.resources;
  if (!Has(resources, RLIMIT_NOFILE)) {
    const rlim_t files = std::min(kOpenFiles, Own(RLIMIT_NOFILE).rlim_max);
    resources.push_back({RLIMIT_NOFILE, files, files});
  }
  if (!Has(resources, RLIMIT_CORE)) {
    const rlim_t core = std::min(kCoreFile, Own(RLIMIT_CORE).rlim_max);
    resources.push_back({RLIMIT_CORE, core, core});
  }
  const rlim_t file = std::min<rlim_t>(spec.limits.disk_bytes, Own(RLIMIT_FSIZE).rlim_max);
  if (file > 0 && !quotas && !Has(resources, RLIMIT_FSIZE) && !HasWritableVolume(spec)) {
    resources.push_back({RLIMIT_FSIZE, file, file});
  }
  return resources;
}

void RaiseResources(pid_t process, const std::vector<ResourceLimit>& resources) {
  static_assert(RLIM_INFINITY == kUnlimited);
  for (const ResourceLimit& limit : resources) {
    rlimit own = Own(limit.resource);
    if (limit.hard <= own.rlim_max) {
      continue;
    }
    const rlim_t largest = own.rlim_max;
    own.rlim_max = limit.hard;
    if (::prlimit(process, static_cast<__rlimit_resource>(limit.resource), &own, nullptr) != 0) {
      throw base::Error(base::ErrorKind::kPermission,
                        std::string("ulimit ") + ResourceName(limit.resource) + ": more than " +
                            std::to_string(largest) +
                            ", which is the runner's own hard limit; raise that first, or ask for "
                            "less",
                        errno);
    }
  }
}

void SetCores(pid_t process, unsigned cores) {
  if (cores == 0) {
    return;
  }
  cpu_set_t cpus = base::UsableCpus();
  unsigned kept = 0;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &cpus)) {
      continue;
    }
    if (kept < cores) {
      ++kept;
    } else {
      CPU_CLR(cpu, &cpus);
    }
  }
  if (::sched_setaffinity(process, sizeof cpus, &cpus) != 0) {
    throw base::Error::FromErrno("set the processors of the container");
  }
}

void SetOomScore(pid_t process, const Limits& limits) {
  const std::string score = std::to_string(limits.oom_score_adj.value_or(kOomScore));
  const std::string path = "/proc/" + std::to_string(process) + "/oom_score_adj";
  const base::UniqueFd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  const bool written =
      file && ::write(file.get(), score.data(), score.size()) == static_cast<ssize_t>(score.size());
  if (!written && limits.oom_score_adj) {
    throw base::Error(base::ErrorKind::kPermission,
                      "oom_score_adj " + score +
                          ": the runner may not give a score below its own (CAP_SYS_RESOURCE)",
                      errno);
  }
}

}  // namespace runtime::container
