#include "runtime/container/disk_usage.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <utility>

#include "runtime/base/fd.h"

namespace runtime::container {
namespace fs = std::filesystem;
using base::UniqueFd;

namespace {

// More directories in one are taken for more than enough: their names are in memory.
constexpr size_t kMaxDirectories = 1'000'000;
// Likewise descriptors of all processes of one container.
constexpr size_t kMaxDescriptors = 200'000;

base::UniqueDir List(int directory) {
  UniqueFd copy(::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  base::UniqueDir stream(copy ? ::fdopendir(copy.get()) : nullptr);
  if (stream) {
    copy.Release();
  }
  return stream;
}

bool IsDots(const char* name) {
  return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

uint64_t BytesOf(const struct stat& st) {
  return std::max<uint64_t>(static_cast<uint64_t>(st.st_blocks) * 512, kLeastFileBytes);
}

// One directory is open at a time. The way back up is "..", which must lead to where the walk came
// from: a directory that was moved meanwhile ends it.
class Counter {
 public:
  explicit Counter(uint64_t enough) : enough_(enough) {}

  std::optional<uint64_t> Count(UniqueFd root) {
    current_ = std::move(root);
    if (!current_ || !Enter()) {
      return std::nullopt;
    }
    while (total_ <= enough_ && !levels_.empty()) {
      Level& level = levels_.back();
      if (level.next < level.directories.size()) {
        UniqueFd child(::openat(current_.get(), level.directories[level.next++].c_str(),
                                O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!child) {
          continue;  // Gone meanwhile.
        }
        current_ = std::move(child);
        if (!Enter()) {
          return std::nullopt;
        }
      } else {
        levels_.pop_back();
        if (!levels_.empty() && !Return()) {
          return std::nullopt;
        }
      }
    }
    return total_;
  }

 private:
  struct Level {
    dev_t device;
    ino_t inode;
    std::vector<std::string> directories;
    size_t next = 0;
  };

  // Counts what is in the current directory.
  bool Enter() {
    struct stat st;
    const base::UniqueDir stream = List(current_.get());
    if (!stream || ::fstat(current_.get(), &st) != 0) {
      return false;
    }
    Level level = {st.st_dev, st.st_ino, {}, 0};
    while (const dirent* entry = ::readdir(stream.get())) {
      if (IsDots(entry->d_name) ||
          ::fstatat(current_.get(), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
        continue;
      }
      total_ += BytesOf(st);
      if (S_ISDIR(st.st_mode)) {
        level.directories.emplace_back(entry->d_name);
      }
      if (level.directories.size() > kMaxDirectories) {
        total_ = UINT64_MAX;
      }
      if (total_ > enough_) {
        break;
      }
    }
    levels_.push_back(std::move(level));
    return true;
  }

  bool Return() {
    UniqueFd parent(::openat(current_.get(), "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct stat st;
    const Level& level = levels_.back();
    if (!parent || ::fstat(parent.get(), &st) != 0 || st.st_dev != level.device ||
        st.st_ino != level.inode) {
      return false;
    }
    current_ = std::move(parent);
    return true;
  }

  uint64_t enough_;
  uint64_t total_ = 0;
  UniqueFd current_;
  std::vector<Level> levels_;
};

// What can be read of it: its process may end meanwhile.
std::string ReadOfProc(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  std::array<char, 4096> part;
  for (ssize_t n; file && (n = ::read(file.get(), part.data(), part.size())) > 0;) {
    text.append(part.data(), static_cast<size_t>(n));
  }
  return text;
}

// Whoever loses its parent becomes a child of PID 1, so the tree has them all.
std::vector<pid_t> ProcessesBelow(pid_t init) {
  std::vector<pid_t> found = {init};
  for (size_t i = 0; i < found.size(); ++i) {
    const std::string tasks = "/proc/" + std::to_string(found[i]) + "/task";
    std::error_code error;
    for (fs::directory_iterator task(tasks, error), end; !error && task != end;
         task.increment(error)) {
      const std::string path = task->path() / "children";  // proc_pid_task_tid_children(5)
      std::istringstream children(ReadOfProc(path));
      for (pid_t child = 0; children >> child;) {
        found.push_back(child);
      }
    }
  }
  return found;
}

// A regular file of an overlay that has no name: its identity and size.
std::optional<std::pair<std::pair<dev_t, ino_t>, uint64_t>> DeletedFile(int descriptors,
                                                                        const char* name) {
  struct stat st;
  if (::fstatat(descriptors, name, &st, 0) != 0 || !S_ISREG(st.st_mode) || st.st_nlink != 0) {
    return std::nullopt;
  }
  const UniqueFd file(::openat(descriptors, name, O_PATH | O_CLOEXEC));
  struct statfs system;
  if (!file || ::fstatfs(file.get(), &system) != 0 || system.f_type != OVERLAYFS_SUPER_MAGIC) {
    return std::nullopt;
  }
  return std::pair(std::pair(st.st_dev, st.st_ino), BytesOf(st));
}

}  // namespace

std::optional<uint64_t> BytesBelow(const fs::path& directory, uint64_t enough) {
  return Counter(enough).Count(
      UniqueFd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
}

uint64_t BytesOfDeletedFiles(pid_t init) {
  std::set<std::pair<dev_t, ino_t>> seen;
  uint64_t total = 0;
  size_t looked_at = 0;
  for (const pid_t process : ProcessesBelow(init)) {
    const std::string path = "/proc/" + std::to_string(process) + "/fd";
    const UniqueFd descriptors(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const base::UniqueDir stream = descriptors ? List(descriptors.get()) : base::UniqueDir();
    while (const dirent* entry = stream ? ::readdir(stream.get()) : nullptr) {
      if (++looked_at > kMaxDescriptors) {
        return total;
      }
      if (IsDots(entry->d_name)) {
        continue;
      }
      if (const auto file = DeletedFile(descriptors.get(), entry->d_name);
          file && seen.insert(file->first).second) {
        total += file->second;
      }
    }
  }
  return total;
}

}  // namespace runtime::container
