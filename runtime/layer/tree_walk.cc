#include "runtime/layer/tree_walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <memory>

#include "runtime/base/beneath.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/terminal_text.h"
#include "runtime/layer/attributes.h"

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

OpenedStack::OpenedStack(const std::vector<std::filesystem::path>& stack) {
  for (const std::filesystem::path& directory : stack) {
    owned_.push_back(base::OpenDirectory(directory));
    descriptors_.push_back(owned_.back().get());
  }
}

TreeWalk::TreeWalk(std::vector<int> stack, const TreeLimits& limits)
    : roots_(std::move(stack)), limits_(limits) {
  Level level;
  for (size_t root = roots_.size(); root-- > 0;) {
    level.parts.push_back({root, UniqueFd()});
  }
  ReadNames(level);
  levels_.push_back(std::move(level));
}

bool TreeWalk::Next(Entry& entry) {
  if (descend_) {
    descend_ = false;
    Enter();
  }
  while (!levels_.empty()) {
    Level& level = levels_.back();
    if (level.next == level.names.size()) {
      levels_.pop_back();
      continue;
    }
    Name& name = level.names[level.next++];
    entry.name = std::move(name.text);
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
    entry.parent = Descriptor(level, level.parts[name.part]);
    if (::fstatat(entry.parent, entry.name.c_str(), &entry.st, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno == ENOENT) {
        continue;
      }
      throw Error::FromErrno("look at " + base::ForMessage(entry.path));
    }
    if (roots_.size() > 1 && IsWhiteout(entry.st)) {
      continue;
    }
    if (entry.is_directory()) {
      descend_ = true;
      last_ = entry.name;
      last_part_ = name.part;
    }
    return true;
  }
  return false;
}

std::vector<TreeWalk::Part> TreeWalk::OpenParts(Level& level, size_t first,
                                                const std::string& name) {
  std::vector<Part> parts;
  for (size_t i = first; i < level.parts.size(); ++i) {
    UniqueFd fd(::openat(Descriptor(level, level.parts[i]), name.c_str(),
                         O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd && errno == ENOENT) {
      continue;
    }
    if (!fd && (errno == ENOTDIR || errno == ELOOP)) {
      break;  // Another thing; of the uppermost, by now.
    }
    if (!fd) {
      throw Error::FromErrno("open directory " + base::ForMessage(level.path + name));
    }
    parts.push_back({level.parts[i].root, std::move(fd)});
    if (roots_.size() > 1 && IsOpaque(parts.back().fd.get())) {
      break;
    }
  }
  return parts;
}

void TreeWalk::ReadNames(Level& level) {
  std::map<std::string, size_t> uppermost;
  for (size_t i = 0; i < level.parts.size(); ++i) {
    for (std::string& name : SortedNames(Descriptor(level, level.parts[i]), limits_.max_entries)) {
      if (level.parts.size() == 1) {
        level.names.push_back({std::move(name), 0});
      } else {
        uppermost.try_emplace(std::move(name), i);
      }
    }
  }
  for (const auto& [name, part] : uppermost) {
    level.names.push_back({name, part});
  }
}

void TreeWalk::Enter() {
  Level level;
  level.path = levels_.back().path + last_ + "/";
  level.parts = OpenParts(levels_.back(), last_part_, last_);
  if (level.parts.empty()) {
    return;  // Gone, or another thing by now.
  }
  ReadNames(level);
  if (levels_.size() >= kOpenLevels) {
    for (Part& part : levels_[levels_.size() - kOpenLevels].parts) {
      part.fd.Reset();
    }
  }
  levels_.push_back(std::move(level));
}

int TreeWalk::Descriptor(const Level& level, Part& part) {
  if (level.path.empty()) {
    return roots_[part.root];
  }
  if (!part.fd) {
    part.fd = base::OpenBeneath(roots_[part.root], level.path, O_RDONLY | O_DIRECTORY,
                                base::Links::kNoLinks);
  }
  return part.fd.get();
}

}  // namespace runtime::layer
