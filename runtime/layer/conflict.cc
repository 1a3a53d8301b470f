#include "runtime/layer/conflict.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "runtime/base/beneath.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/terminal_text.h"
#include "runtime/layer/attributes.h"

namespace runtime::layer {
using base::Error;
using base::UniqueFd;
namespace {

constexpr size_t kCompareBytes = 128u << 10;

size_t ReadPart(int fd, std::string& buffer) {
  size_t size = 0;
  while (size < buffer.size()) {
    const ssize_t n = ::read(fd, buffer.data() + size, buffer.size() - size);
    if (n < 0 && errno != EINTR) {
      throw Error::FromErrno("read");
    }
    if (n == 0) {
      break;
    }
    size += n > 0 ? static_cast<size_t>(n) : 0;
  }
  return size;
}

bool SameContent(int a, int b) {
  std::string part_a(kCompareBytes, '\0');
  std::string part_b(kCompareBytes, '\0');
  while (true) {
    const size_t size = ReadPart(a, part_a);
    if (size != ReadPart(b, part_b) || std::memcmp(part_a.data(), part_b.data(), size) != 0) {
      return false;
    }
    if (size == 0) {
      return true;
    }
  }
}

bool SameFile(const TreeWalk::Entry& a, const TreeWalk::Entry& b) {
  if (a.st.st_size != b.st.st_size) {
    return false;
  }
  const UniqueFd file_a = OpenRegularFile(a.parent, a.name);
  const UniqueFd file_b = OpenRegularFile(b.parent, b.name);
  return ReadAttributes(file_a.get(), a.path) == ReadAttributes(file_b.get(), b.path) &&
         SameContent(file_a.get(), file_b.get());
}

UniqueFd OpenDirectory(const TreeWalk::Entry& entry) {
  UniqueFd fd(
      ::openat(entry.parent, entry.name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) {
    throw Error::FromErrno("open directory " + base::ForMessage(entry.path));
  }
  return fd;
}

bool SameDirectory(const TreeWalk::Entry& a, const TreeWalk::Entry& b) {
  const UniqueFd directory_a = OpenDirectory(a);
  const UniqueFd directory_b = OpenDirectory(b);
  // Opaque in both hides what the other one adds below.
  return !IsOpaque(directory_a.get()) && !IsOpaque(directory_b.get()) &&
         ReadAttributes(directory_a.get(), a.path) == ReadAttributes(directory_b.get(), b.path);
}

bool Same(const TreeWalk::Entry& a, const TreeWalk::Entry& b) {
  if (a.st.st_mode != b.st.st_mode || a.st.st_uid != b.st.st_uid || a.st.st_gid != b.st.st_gid) {
    return false;
  }
  switch (a.st.st_mode & S_IFMT) {
    case S_IFREG:
      return SameFile(a, b);
    case S_IFDIR:
      return SameDirectory(a, b);
    case S_IFLNK:
      return ReadLinkAt(a.parent, a.name) == ReadLinkAt(b.parent, b.name);
    default:
      return a.st.st_rdev == b.st.st_rdev;
  }
}

// The part of a path before the last name, with its slash.
std::string_view DirectoryOf(const TreeWalk::Entry& entry) {
  return std::string_view(entry.path).substr(0, entry.path.size() - entry.name.size());
}

}  // namespace

std::optional<std::string> FindConflict(const std::filesystem::path& a,
                                        const std::filesystem::path& b,
                                        const std::string& leave_out, const TreeLimits& limits) {
  const UniqueFd root_a = base::OpenFile(a, O_RDONLY | O_DIRECTORY);
  const UniqueFd root_b = base::OpenFile(b, O_RDONLY | O_DIRECTORY);
  TreeWalk walk(root_a.get(), limits);
  TreeWalk::Entry other;
  UniqueFd parent;  // in `b`, of the entry of `a`
  std::string parent_path;
  for (TreeWalk::Entry entry; walk.Next(entry);) {
    if (entry.path == leave_out) {
      continue;
    }
    const std::string_view directory = DirectoryOf(entry);
    if (!parent || parent_path != directory) {
      parent_path = directory;
      parent = base::OpenBeneath(root_b.get(), parent_path, O_RDONLY | O_DIRECTORY,
                                 base::Links::kNoLinks);
    }
    other.path = entry.path;
    other.name = entry.name;
    other.parent = parent.get();
    if (::fstatat(parent.get(), entry.name.c_str(), &other.st, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno != ENOENT) {
        throw Error::FromErrno("look at " + base::ForMessage(entry.path));
      }
      // Only `a` has it: nothing below can meet.
      if (entry.is_directory()) {
        walk.SkipContent();
      }
    } else if (!Same(entry, other)) {
      return entry.path;
    }
  }
  return std::nullopt;
}

}  // namespace runtime::layer
