#include "runtime/layer/tree_walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "runtime/base/beneath.h"
#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"

namespace runtime::layer {
using base::Error;
using base::ErrorKind;
using base::UniqueFd;
namespace {

// Levels whose directory stays open; one further up is opened again when the walk returns to it.
constexpr size_t kOpenLevels = 32;

}  // namespace

std::vector<std::string> SortedNames(int directory, uint64_t max) {
  UniqueFd copy(::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  base::UniqueDir stream(copy ? ::fdopendir(copy.get()) : nullptr);
  if (!stream) {
    throw Error::FromErrno("list a directory");
  }
  copy.Release();  // The stream closes it.
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") {
      continue;
    }
    if (names.size() >= max) {
      throw Error(ErrorKind::kInvalid, "more entries than the limit of the tree");
    }
    names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

UniqueFd OpenRegularFile(int parent, const std::string& name) {
  UniqueFd fd(
      ::openat(parent, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct stat st;
  if (!fd || ::fstat(fd.get(), &st) != 0) {
    throw Error::FromErrno("open " + base::ForMessage(name));
  }
  if (!S_ISREG(st.st_mode)) {
    throw Error(ErrorKind::kInvalid, "open " + base::ForMessage(name) + ": not a regular file");
  }
  return fd;
}

std::string ReadLinkAt(int parent, const std::string& name) {
  std::string target(4096, '\0');  // PATH_MAX
  const ssize_t n = ::readlinkat(parent, name.c_str(), target.data(), target.size());
  if (n < 0) {
    throw Error::FromErrno("read the link " + base::ForMessage(name));
  }
  target.resize(static_cast<size_t>(n));
  return target;
}

TreeWalk::TreeWalk(int directory, const TreeLimits& limits) : root_(directory), limits_(limits) {
  levels_.push_back({"", UniqueFd(), SortedNames(directory, limits.max_entries), 0});
}

bool TreeWalk::Next(Entry& entry) {
  if (descend_) {
    descend_ = false;
    Enter(last_);
  }
  while (!levels_.empty()) {
    Level& level = levels_.back();
    if (level.next == level.names.size()) {
      levels_.pop_back();
      continue;
    }
    entry.name = std::move(level.names[level.next++]);
    entry.path = level.path + entry.name;
    if (++entries_ > limits_.max_entries) {
      throw Error(ErrorKind::kInvalid,
                  "more than " + std::to_string(limits_.max_entries) + " entries in the tree");
    }
    if (entry.path.size() > limits_.max_path) {
      throw Error(ErrorKind::kInvalid,
                  "a path longer than " + std::to_string(limits_.max_path) +
                      " bytes: " + base::ForMessage(entry.path.substr(0, 200)) + "...");
    }
    entry.parent = Descriptor(level);
    if (::fstatat(entry.parent, entry.name.c_str(), &entry.st, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno == ENOENT) {
        continue;
      }
      throw Error::FromErrno("look at " + base::ForMessage(entry.path));
    }
    if (entry.is_directory()) {
      descend_ = true;
      last_ = entry;
    }
    return true;
  }
  return false;
}

void TreeWalk::Enter(const Entry& entry) {
  Level level;
  level.path = entry.path + "/";
  level.fd.Reset(
      ::openat(entry.parent, entry.name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!level.fd) {
    if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP) {
      return;  // Gone, or another thing by now.
    }
    throw Error::FromErrno("open directory " + base::ForMessage(entry.path));
  }
  level.names = SortedNames(level.fd.get(), limits_.max_entries);
  if (levels_.size() >= kOpenLevels) {
    levels_[levels_.size() - kOpenLevels].fd.Reset();
  }
  levels_.push_back(std::move(level));
}

int TreeWalk::Descriptor(Level& level) {
  if (level.path.empty()) {
    return root_;
  }
  if (!level.fd) {
    level.fd = base::OpenBeneath(root_, level.path, O_RDONLY | O_DIRECTORY, base::Links::kNoLinks);
  }
  return level.fd.get();
}

}  // namespace runtime::layer
