#include "tests/stress/inventory.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <system_error>

namespace tests {
namespace fs = std::filesystem;
namespace {

size_t EntriesOf(const fs::path& directory) {
  std::error_code error;
  return static_cast<size_t>(
      std::distance(fs::directory_iterator(directory, error), fs::directory_iterator()));
}

size_t LinesOf(const fs::path& file) {
  std::ifstream stream(file);
  return static_cast<size_t>(
      std::count(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>(), '\n'));
}

size_t DirectoriesIn(const fs::path& directory) {
  std::error_code error;
  size_t count = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, error)) {
    count += entry.is_directory(error) ? 1 : 0;
  }
  return count;
}

size_t Cgroups() {
  size_t count = DirectoriesIn("/sys/fs/cgroup/runner");
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator("/sys/fs/cgroup", error)) {
    count += DirectoriesIn(entry.path() / "runner");
  }
  return count;
}

size_t FilesBelow(const fs::path& directory) {
  std::error_code error;
  size_t count = 0;
  for (auto entry = fs::recursive_directory_iterator(directory, error);
       entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    ++count;
  }
  return count;
}

// By its name, or since it is in a user namespace of its own.
bool IsOurs(const fs::path& process) {
  std::string name;
  std::ifstream(process / "comm") >> name;
  std::error_code error;
  const fs::path users = fs::read_symlink(process / "ns/user", error);
  return name.starts_with("runner") || (!error && users != fs::read_symlink("/proc/self/ns/user"));
}

}  // namespace

Inventory TakeInventory(const fs::path& state) {
  Inventory inventory;
  std::set<std::string> namespaces;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (std::isdigit(static_cast<unsigned char>(name.front())) == 0) {
      continue;
    }
    inventory.processes += IsOurs(entry.path()) ? 1 : 0;
    for (const char* kind : {"net", "mnt", "pid"}) {
      std::error_code error;
      const std::string is = fs::read_symlink(entry.path() / "ns" / kind, error);
      if (!error) {
        namespaces.insert(is);
      }
    }
  }
  inventory.namespaces = namespaces.size();
  inventory.mounts = LinesOf("/proc/self/mountinfo");
  inventory.cgroups = Cgroups();
  inventory.descriptors = EntriesOf("/proc/self/fd");
  inventory.resident_kib = KibOf("/proc/self/status", "VmRSS:");
  inventory.files = FilesBelow(state);
  return inventory;
}

std::string Describe(const Inventory& inventory) {
  std::ostringstream text;
  text << inventory.processes << " processes, " << inventory.namespaces << " namespaces, "
       << inventory.mounts << " mounts, " << inventory.cgroups << " cgroups, "
       << inventory.descriptors << " descriptors, " << inventory.resident_kib << " KiB resident, "
       << inventory.files << " files";
  return text.str();
}

bool HasNotGrown(const Inventory& before, const Inventory& after, size_t more_resident_kib) {
  return after.processes <= before.processes && after.namespaces <= before.namespaces &&
         after.mounts <= before.mounts && after.cgroups <= before.cgroups &&
         after.descriptors <= before.descriptors && after.files <= before.files &&
         after.resident_kib <= before.resident_kib + more_resident_kib;
}

std::vector<pid_t> ChildrenOf(pid_t pid) {
  std::vector<pid_t> children;
  std::error_code ignored;
  for (const auto& task :
       fs::directory_iterator("/proc/" + std::to_string(pid) + "/task", ignored)) {
    std::ifstream file(task.path() / "children");
    for (pid_t child = 0; file >> child;) {
      children.push_back(child);
    }
  }
  return children;
}

size_t KibOf(const fs::path& file, const std::string& key) {
  std::ifstream stream(file);
  for (std::string word; stream >> word;) {
    if (word == key) {
      size_t value = 0;
      stream >> value;
      return value;
    }
  }
  return 0;
}

}  // namespace tests
