// The options of `runner run` that bound what a container uses, named and read as docker's.
#pragma once

#include <CLI/CLI.hpp>

#include <filesystem>
#include <string>
#include <vector>

#include "runtime/container/container_spec.h"

namespace runner {

class ResourceOptions {
 public:
  // Adds them to the verb's parser. `this` must outlive it.
  void Declare(CLI::App& app);

  // After parsing: of a container whose files are where `disk` is. Memory and disk are finite by
  // themselves (host_share.h). Throws Error (kUsage) that names the option, the value and what was
  // expected.
  runtime::container::Limits Limits(const std::filesystem::path& disk) const;

 private:
  void TakeMemory(runtime::container::Limits& limits) const;
  void TakeCpu(runtime::container::Limits& limits) const;

  CLI::App* app_ = nullptr;
  std::string memory_;
  std::string memory_swap_;
  double cpus_ = 0;
  int64_t cpu_shares_ = 0;
  std::string cpuset_;
  int64_t pids_ = 4096;
  std::string shm_size_;
  std::vector<std::string> ulimits_;
  int oom_score_adj_ = 0;
  std::vector<std::string> storage_;
};

// "nofile=1024:4096", "core=0", "memlock=-1" (docker's --ulimit). Throws Error (kUsage).
runtime::container::ResourceLimit ParseUlimit(const std::string& text);

// That it is of the form "0-2,5"; whether this host has them, the kernel says. Throws Error
// (kUsage).
void RequireCpuset(const std::string& text);

}  // namespace runner
