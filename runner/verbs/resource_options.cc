#include "runner/verbs/resource_options.h"

#include <algorithm>
#include <optional>

#include "runner/host_share.h"
#include "runner/refuse.h"
#include "runtime/base/text.h"
#include "runtime/base/units.h"
#include "runtime/container/resource_limits.h"

namespace runner {
namespace container = runtime::container;
namespace {

uint64_t Size(const std::string& option, const std::string& text, uint64_t least) {
  const std::optional<uint64_t> bytes = runtime::base::ParseSize(text);
  if (!bytes || *bytes < least) {
    Refuse(option, text,
           "a size such as 256m" +
               (least > 1 ? ", at least " + runtime::base::FormatSize(least) : std::string()));
  }
  return *bytes;
}

// 0 is no limit, as docker has it.
uint64_t SizeOrNone(const std::string& option, const std::string& text, uint64_t least) {
  return text == "0" ? 0 : Size(option, text, least);
}

}  // namespace

void ResourceOptions::Declare(CLI::App& app) {
  app_ = &app;
  app.add_option("--memory,-m", memory_,
                 "Memory limit, such as 256m or 1GiB (default: 3/4 of the host's; 0: none)");
  app.add_option("--memory-swap", memory_swap_,
                 "Memory and swap together, or -1 for all swap (default: no swap)");
  app.add_option("--cpus", cpus_, "CPU limit, such as 1.5");
  app.add_option("--cpu-shares,-c", cpu_shares_,
                 "CPU time in proportion to that of others, who have 1024");
  app.add_option("--cpuset-cpus", cpuset_, "The CPUs to run on, such as 0-2,5");
  app.add_option("--pids-limit", pids_, "Most processes and threads (default 4096)");
  app.add_option("--shm-size", shm_size_, "Size of /dev/shm (default 64m)");
  app.add_option("--storage-opt", storage_,
                 "size=SIZE: most that it may write to its own layers (default: half of what\n"
                 "is free; 0: no limit)")
      ->allow_extra_args(false);
  app.add_option("--ulimit", ulimits_, "TYPE=SOFT[:HARD], such as nofile=1024:4096; -1: unlimited")
      ->allow_extra_args(false);
  app.add_option("--oom-score-adj", oom_score_adj_,
                 "-1000 to 1000: who goes first when the host is out of memory (default 500)");
}

container::Limits ResourceOptions::Limits(const std::filesystem::path& disk) const {
  container::Limits limits;
  TakeMemory(limits);
  TakeCpu(limits);
  // PID_MAX_LIMIT of the kernel.
  if (pids_ < -1 || pids_ >= 4 << 20) {
    Refuse("--pids-limit", std::to_string(pids_),
           "a number below 4194304, or 0 or -1 for no limit");
  }
  limits.pids = pids_ > 0 ? static_cast<uint32_t>(pids_) : 0;
  if (!shm_size_.empty()) {
    limits.shm_bytes = Size("--shm-size", shm_size_, 1);
  }
  limits.disk_bytes = DiskShare(disk);
  for (const std::string& text : storage_) {
    constexpr std::string_view kSize = "size=";
    if (!text.starts_with(kSize)) {
      Refuse("--storage-opt", text, "size=SIZE, such as size=10g");
    }
    limits.disk_bytes = SizeOrNone("--storage-opt", text.substr(kSize.size()), kLeastDisk);
  }
  for (const std::string& text : ulimits_) {
    const container::ResourceLimit limit = ParseUlimit(text);
    std::erase_if(limits.resources, [&](const container::ResourceLimit& earlier) {
      return earlier.resource == limit.resource;
    });
    limits.resources.push_back(limit);
  }
  if (app_->count("--oom-score-adj") > 0) {
    if (oom_score_adj_ < -1000 || oom_score_adj_ > 1000) {
      Refuse("--oom-score-adj", std::to_string(oom_score_adj_), "a number from -1000 to 1000");
    }
    limits.oom_score_adj = oom_score_adj_;
  }
  limits.if_possible = memory_.empty() && cpus_ == 0 && cpu_shares_ == 0 && cpuset_.empty() &&
                       app_->count("--pids-limit") == 0;
  return limits;
}

void ResourceOptions::TakeMemory(container::Limits& limits) const {
  limits.memory_if_possible = memory_.empty();
  limits.memory_bytes =
      memory_.empty() ? MemoryShare() : SizeOrNone("--memory", memory_, kLeastMemory);
  if (memory_swap_.empty()) {
    return;
  }
  if (memory_.empty() || limits.memory_bytes == 0) {
    Refuse("--memory-swap", memory_swap_, "--memory beside it, of which it is the sum with swap");
  }
  const uint64_t sum =
      memory_swap_ == "-1" ? container::kUnlimited : Size("--memory-swap", memory_swap_, 1);
  if (sum < limits.memory_bytes) {
    Refuse("--memory-swap", memory_swap_, "at least --memory, of which it is the sum with swap");
  }
  limits.swap_bytes =
      sum == container::kUnlimited ? container::kUnlimited : sum - limits.memory_bytes;
}

void ResourceOptions::TakeCpu(container::Limits& limits) const {
  // The kernel's least quota is 1 ms in a period of 100 ms.
  if (cpus_ != 0 && !(cpus_ >= 0.01 && cpus_ <= 10'000)) {
    Refuse("--cpus", std::to_string(cpus_), "a number from 0.01 to 10000, or 0 for no limit");
  }
  limits.cpus = cpus_;
  if (cpu_shares_ != 0 && !(cpu_shares_ >= 2 && cpu_shares_ <= 262'144)) {
    Refuse("--cpu-shares", std::to_string(cpu_shares_), "a number from 2 to 262144");
  }
  limits.cpu_shares = static_cast<uint64_t>(cpu_shares_);
  if (!cpuset_.empty()) {
    RequireCpuset(cpuset_);
    limits.cpuset = cpuset_;
  }
}

container::ResourceLimit ParseUlimit(const std::string& text) {
  const size_t equals = text.find('=');
  const std::string_view values =
      std::string_view(text).substr(equals == std::string::npos ? text.size() : equals + 1);
  const size_t colon = values.find(':');
  const std::optional<int> resource =
      container::ResourceByName(std::string_view(text).substr(0, equals));
  const auto value = [](std::string_view number) {
    return number == "-1" || number == "unlimited" ? std::optional(container::kUnlimited)
                                                   : runtime::base::ParseInteger<uint64_t>(number);
  };
  const std::optional<uint64_t> soft = value(values.substr(0, colon));
  const std::optional<uint64_t> hard =
      colon == std::string_view::npos ? soft : value(values.substr(colon + 1));
  if (!resource || !soft || !hard || *soft > *hard) {
    Refuse("--ulimit", text,
           "TYPE=SOFT[:HARD], such as nofile=1024:4096, with a type of limits.conf(5) and no more "
           "SOFT than HARD");
  }
  return {*resource, *soft, *hard};
}

void RequireCpuset(const std::string& text) {
  constexpr uint32_t kMostCpus = 8192;  // CONFIG_NR_CPUS of the largest kernels
  std::string_view rest = text;
  bool good = text.find_first_not_of("0123456789,-") == std::string::npos;
  while (good && !rest.empty()) {
    const std::string_view part = rest.substr(0, rest.find(','));
    const size_t dash = part.find('-');
    const std::optional<uint32_t> first =
        runtime::base::ParseInteger<uint32_t>(part.substr(0, dash));
    const std::optional<uint32_t> last =
        dash == std::string_view::npos
            ? first
            : runtime::base::ParseInteger<uint32_t>(part.substr(dash + 1));
    good = first && last && *first <= *last && *last < kMostCpus && rest.back() != ',';
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
  }
  if (!good) {
    Refuse("--cpuset-cpus", text, "numbers of CPUs, such as 0-2,5");
  }
}

}  // namespace runner
