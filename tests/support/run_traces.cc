#include "tests/support/run_traces.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <sstream>
#include <system_error>

namespace tests {
namespace fs = std::filesystem;
namespace {

// Empty for a process that has ended meanwhile.
std::string Content(const fs::path& file) {
  const std::ifstream stream(file, std::ios::binary);
  std::ostringstream content;
  content << stream.rdbuf();  // Which doesn't throw when the process ends meanwhile.
  return content.str();
}

std::vector<fs::path> Processes() {
  std::vector<fs::path> processes;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (std::isdigit(static_cast<unsigned char>(name.front())) != 0 &&
        name != std::to_string(::getpid())) {
      processes.push_back(entry.path());
    }
  }
  return processes;
}

std::string NetworkOf(const fs::path& process) {
  std::error_code error;
  return fs::read_symlink(process / "ns/net", error);
}

// Those that the process holds by descriptors: "net:[INODE]".
std::set<std::string> HeldNetworks(const fs::path& process) {
  std::set<std::string> networks;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(process / "fd", error)) {
    const std::string target = fs::read_symlink(entry.path(), error);
    if (target.starts_with("net:[")) {
      networks.insert(target);
    }
  }
  return networks;
}

}  // namespace

bool RunTraces::IsInContainer(const std::string& cgroups) const {
  return std::any_of(containers_.begin(), containers_.end(), [&](const std::string& id) {
    return cgroups.find("/runner/" + id) != std::string::npos;
  });
}

size_t RunTraces::Note() {
  for (const fs::directory_entry& entry : fs::directory_iterator(root_ / "containers")) {
    containers_.insert(entry.path().filename());
  }
  size_t inside = 0;
  const std::string own_network = NetworkOf("/proc/self");
  for (const fs::path& process : Processes()) {
    if (Content(process / "environ").find(root_.string()) != std::string::npos) {
      networks_.merge(HeldNetworks(process));
    }
    if (!IsInContainer(Content(process / "cgroup"))) {
      continue;
    }
    ++inside;
    const std::string network = NetworkOf(process);
    if (!network.empty() && network != own_network) {
      networks_.insert(network);
    }
  }
  networks_.erase(own_network);
  return inside;
}

std::vector<std::string> RunTraces::Left() const {
  std::vector<std::string> left;
  for (const fs::path& process : Processes()) {
    const std::string name = process.string() + " (" + Content(process / "comm") + "): ";
    if (Content(process / "environ").find(root_.string()) != std::string::npos) {
      left.push_back(name + "a process of the run");
    }
    if (IsInContainer(Content(process / "cgroup"))) {
      left.push_back(name + "in a container's cgroup");
    }
    if (networks_.contains(NetworkOf(process))) {
      left.push_back(name + "in a container's network namespace");
    }
    for (const std::string& network : HeldNetworks(process)) {
      if (networks_.contains(network)) {
        left.push_back(name + "holds a network namespace of the run");
      }
    }
    const std::string mounts = Content(process / "mountinfo");
    if (mounts.find(root_.string()) != std::string::npos) {
      left.push_back(name + "has a mount of the state directory");
    }
    for (const std::string& network : networks_) {
      if (mounts.find(network) != std::string::npos) {
        left.push_back(name + "has a container's network namespace mounted");
      }
    }
  }
  for (const fs::directory_entry& hierarchy : fs::directory_iterator("/sys/fs/cgroup")) {
    for (const std::string& id : containers_) {
      for (const fs::path& cgroup :
           {hierarchy.path() / "runner" / id, fs::path("/sys/fs/cgroup/runner") / id}) {
        if (fs::exists(cgroup)) {
          left.push_back("cgroup " + cgroup.string());
        }
      }
    }
  }
  return left;
}

}  // namespace tests
