#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runtime::base {
namespace {

// Descriptors and stack frames in use at once. What lies deeper is moved up to the tree's root
// first, so that a tree of any depth is removed, each directory being read once.
constexpr int kMaxDepth = 64;

struct CloseDir {
  void operator()(DIR* dir) const { ::closedir(dir); }
};

// No link, and no mount either: a bind mount may show any part of the same file system, which its
// device number doesn't tell (EXDEV, openat2(2)).
UniqueFd OpenChild(int parent, const char* name) {
  open_how how = {};
  how.flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  how.resolve = RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS;
  return UniqueFd(static_cast<int>(::syscall(SYS_openat2, parent, name, &how, sizeof how)));
}

class Remover {
 public:
  explicit Remover(int root) : root_(root) {}

  void RemoveContent() {
    do {
      moved_ = false;
      RemoveEntries(Duplicate(root_), 1);
    } while (moved_);
  }

  // Remembers the first failure, so that the rest of the tree is still removed.
  void Note(std::string_view entry) {
    if (failure_ == 0 && errno != ENOENT) {
      failure_ = errno;
      failed_entry_ = entry;
    }
  }

  int failure() const { return failure_; }
  const std::string& failed_entry() const { return failed_entry_; }

 private:
  void RemoveEntries(UniqueFd directory, int depth) {
    const int fd = directory.get();
    std::unique_ptr<DIR, CloseDir> stream(::fdopendir(fd));
    if (!stream) {
      Note("opendir");
      return;
    }
    directory.Release();  // The stream closes it.
    ::rewinddir(stream.get());
    while (const dirent* entry = ::readdir(stream.get())) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") {
        RemoveEntry(fd, entry->d_name, depth);
      }
    }
  }

  void RemoveEntry(int parent, const char* name, int depth) {
    if (::unlinkat(parent, name, 0) == 0 || errno == ENOENT) {
      return;
    }
    if (errno != EISDIR && errno != EPERM) {
      Note(name);
      return;
    }
    if (::unlinkat(parent, name, AT_REMOVEDIR) == 0) {
      return;
    }
    UniqueFd child = OpenChild(parent, name);
    if (!child && errno == EACCES && ::fchmodat(parent, name, 0700, 0) == 0) {
      child = OpenChild(parent, name);
    }
    if (!child) {
      Note(name);
      return;
    }
    if (depth >= kMaxDepth) {
      MoveUp(parent, name);
      return;
    }
    // A directory that its owner can't write keeps its entries (of no matter to root).
    struct stat st;
    if (::fstat(child.get(), &st) == 0 && (st.st_mode & 0300) != 0300) {
      ::fchmod(child.get(), 0700);
    }
    RemoveEntries(std::move(child), depth + 1);
    if (::unlinkat(parent, name, AT_REMOVEDIR) != 0) {
      Note(name);
    }
  }

  void MoveUp(int parent, const char* name) {
    while (true) {
      const std::string target = ".removed-" + std::to_string(next_name_++);
      if (::renameat2(parent, name, root_, target.c_str(), RENAME_NOREPLACE) == 0) {
        moved_ = true;
        return;
      }
      if (errno != EEXIST) {
        Note(name);
        return;
      }
    }
  }

  int root_;
  bool moved_ = false;
  unsigned long next_name_ = 0;
  int failure_ = 0;
  std::string failed_entry_;
};

}  // namespace

void RemoveTree(const std::filesystem::path& path) {
  if (::unlink(path.c_str()) == 0 || errno == ENOENT || errno == ENOTDIR) {
    return;
  }
  UniqueFd root(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat st;
  if (!root || ::fstat(root.get(), &st) != 0) {
    throw Error::FromErrno("remove " + path.string());
  }
  if ((st.st_mode & 0300) != 0300) {
    ::fchmod(root.get(), 0700);
  }
  Remover remover(root.get());
  remover.RemoveContent();
  if (::rmdir(path.c_str()) != 0) {
    remover.Note(path.native());
  }
  if (remover.failure() != 0) {
    throw Error::FromErrno("remove " + path.string() + ": " + remover.failed_entry(),
                           remover.failure());
  }
}

}  // namespace runtime::base
