#include "runner/container_processes.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <sstream>

#include "runtime/base/files.h"

namespace runner {
namespace {

constexpr size_t kLongest = 1 << 20;

std::string Read(const std::string& path) {
  return runtime::base::ReadFileIfExists(path, kLongest).value_or("");
}

std::chrono::milliseconds FromTicks(uint64_t ticks) {
  static const auto per_second = static_cast<uint64_t>(::sysconf(_SC_CLK_TCK));
  return std::chrono::milliseconds(ticks * 1000 / per_second);
}

// proc_pid_stat(5): the name in parentheses may hold anything.
bool ReadStat(const std::string& directory, ContainerProcess& process) {
  const std::string text = Read(directory + "/stat");
  const size_t open = text.find('(');
  const size_t close = text.rfind(')');
  if (open == std::string::npos || close == std::string::npos) {
    return false;
  }
  process.command = "[" + text.substr(open + 1, close - open - 1) + "]";
  std::istringstream fields(text.substr(close + 1));
  std::string skipped;
  fields >> skipped >> process.parent;
  for (int field = 5; field < 14; ++field) {
    fields >> skipped;
  }
  uint64_t times[4] = {};  // user, system, and those of children
  fields >> times[0] >> times[1] >> times[2] >> times[3];
  process.time = FromTicks(times[0] + times[1]);
  process.family_time = FromTicks(times[0] + times[1] + times[2] + times[3]);
  for (int field = 18; field < 24; ++field) {
    fields >> skipped;
  }
  uint64_t pages = 0;
  fields >> pages;
  process.memory_bytes = pages * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
  return true;
}

std::vector<pid_t> ChildrenOf(const std::string& directory) {
  std::vector<pid_t> children;
  std::error_code error;
  for (const auto& task : std::filesystem::directory_iterator(directory + "/task", error)) {
    std::istringstream numbers(Read(task.path().string() + "/children"));
    for (pid_t child = 0; numbers >> child;) {
      children.push_back(child);
    }
  }
  return children;
}

bool ReadProcess(pid_t pid, ContainerProcess& process, std::vector<pid_t>& children) {
  const std::string directory = "/proc/" + std::to_string(pid);
  struct stat st;
  process.pid = pid;
  if (!ReadStat(directory, process) || ::stat(directory.c_str(), &st) != 0) {
    return false;
  }
  process.uid = st.st_uid;
  std::string command = Read(directory + "/cmdline");
  while (command.ends_with('\0')) {
    command.pop_back();
  }
  std::replace(command.begin(), command.end(), '\0', ' ');
  if (!command.empty()) {
    process.command = command;
  }
  children = ChildrenOf(directory);
  return true;
}

}  // namespace

std::vector<ContainerProcess> ProcessesOf(pid_t init) noexcept {
  std::vector<ContainerProcess> processes;
  std::vector<pid_t> open = {init};
  while (!open.empty()) {
    const pid_t pid = open.back();
    open.pop_back();
    try {
      ContainerProcess process;
      std::vector<pid_t> children;
      if (ReadProcess(pid, process, children)) {
        processes.push_back(std::move(process));
        open.insert(open.end(), children.begin(), children.end());
      }
    } catch (const std::exception&) {
      continue;  // It has ended.
    }
  }
  return processes;
}

}  // namespace runner
