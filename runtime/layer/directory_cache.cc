#include "runtime/layer/directory_cache.h"

#include <fcntl.h>

#include "runtime/base/beneath.h"
#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"
#include "runtime/layer/attributes.h"

namespace runtime::layer {
using base::Error;
using base::ErrorKind;
using base::UniqueFd;
namespace {

constexpr size_t kMaxDirectories = 64;

struct stat StatOf(int fd, const std::string& path) {
  struct stat st;
  if (::fstat(fd, &st) != 0) {
    throw Error::FromErrno("look at directory " + base::ForMessage(path));
  }
  return st;
}

// Nothing when a part of the path is missing or is no directory.
UniqueFd OpenInRoot(int root, const std::string& path) {
  try {
    return base::OpenBeneath(root, path, O_RDONLY | O_DIRECTORY, base::Links::kInRoot);
  } catch (const Error& e) {
    const int number = e.errno_value();
    if (!path.empty() && (number == ENOENT || number == ENOTDIR)) {
      return UniqueFd();
    }
    if (number == ELOOP || number == EXDEV || number == ENAMETOOLONG) {
      throw Error(ErrorKind::kInvalid, base::ForMessage(e.what()), number);
    }
    throw;
  }
}

}  // namespace

DirectoryCache::Handle DirectoryCache::ToChange(const std::string& path) {
  const auto found = directories_.find(path);
  const Handle handle = found != directories_.end() ? found->second : Open(path);
  handle->changed = true;
  return handle;
}

DirectoryCache::Handle DirectoryCache::Open(const std::string& path) {
  UniqueFd fd(OpenInRoot(root_, path));
  if (!fd) {
    const size_t slash = path.rfind('/');
    fd = Make(slash == std::string::npos ? "" : path.substr(0, slash),
              path.substr(slash == std::string::npos ? 0 : slash + 1));
  }
  return Add(path, std::move(fd));
}

UniqueFd DirectoryCache::Make(const std::string& parent, const std::string& name) {
  const std::string shown = base::ForMessage(parent.empty() ? name : parent + "/" + name);
  const Handle directory = ToChange(parent);
  const int fd = directory->fd.get();
  bool hides = false;
  if (::mkdirat(fd, name.c_str(), 0755) != 0) {
    struct stat st;
    if (errno != EEXIST || ::fstatat(fd, name.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0) {
      throw Error::FromErrno("make directory " + shown);
    }
    hides = IsWhiteout(st);
    if (!hides) {
      throw Error(ErrorKind::kInvalid,
                  "entry below \"" + shown + "\": that is " +
                      (S_ISLNK(st.st_mode) ? "a link that leads to no directory" : "no directory"));
    }
    if (::unlinkat(fd, name.c_str(), 0) != 0 || ::mkdirat(fd, name.c_str(), 0755) != 0) {
      throw Error::FromErrno("make directory " + shown);
    }
  }
  UniqueFd made(::openat(fd, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!made || ::fchmod(made.get(), 0755) != 0) {  // The umask took its part.
    throw Error::FromErrno("make directory " + shown);
  }
  if (hides) {
    MakeOpaque(made.get(), name);
  }
  return made;
}

DirectoryCache::Handle DirectoryCache::Add(const std::string& path, UniqueFd fd) {
  const struct stat st = StatOf(fd.get(), path);
  // One directory may be known by two paths, through a link: both share what is remembered.
  for (const auto& [known, directory] : directories_) {
    if (directory->st.st_ino == st.st_ino && directory->st.st_dev == st.st_dev) {
      const Handle shared = directory;
      directories_.emplace(path, shared);
      return shared;
    }
  }
  if (directories_.size() >= kMaxDirectories) {
    Clear();
  }
  auto handle = std::make_shared<Directory>();
  handle->st = st;
  handle->fd = std::move(fd);
  directories_[path] = handle;
  return handle;
}

void DirectoryCache::Insert(const std::string& path, UniqueFd fd) {
  const struct stat st = StatOf(fd.get(), path);
  Add(path, std::move(fd))->st = st;
}

void DirectoryCache::Clear() {
  for (const auto& [path, directory] : directories_) {
    if (directory->changed) {
      const timespec times[2] = {{0, UTIME_OMIT}, directory->st.st_mtim};
      ::futimens(directory->fd.get(), times);
      directory->changed = false;
    }
  }
  directories_.clear();
}

}  // namespace runtime::layer
