// RunTraces: what the containers of one state directory have on this host.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace tests {

class RunTraces {
 public:
  // `root`: a state directory whose path occurs nowhere else on this host, and that a run has in
  // its environment.
  explicit RunTraces(std::filesystem::path root) : root_(std::move(root)) {}

  // Remembers the containers that are there now, their network namespaces and those that the run
  // holds; how many processes are inside the containers.
  size_t Note();

  // What is still there, one line each: processes of the run and of the containers noted, mounts of
  // the state directory in any mount namespace, their network namespaces and cgroups.
  std::vector<std::string> Left() const;

 private:
  bool IsInContainer(const std::string& cgroups) const;

  std::filesystem::path root_;
  std::set<std::string> containers_;
  std::set<std::string> networks_;  // "net:[INODE]"
};

}  // namespace tests
