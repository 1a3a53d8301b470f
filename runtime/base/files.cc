#include "runtime/base/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <array>
#include <cstdlib>

#include "runtime/base/error.h"

namespace runtime::base {
namespace fs = std::filesystem;

UniqueFd OpenFile(const fs::path& path, int flags, unsigned mode) {
  UniqueFd fd(::open(path.c_str(), flags | O_CLOEXEC, mode));
  if (!fd) {
    throw Error::FromErrno("open " + path.string());
  }
  return fd;
}

UniqueFd OpenDirectory(const fs::path& path) { return OpenFile(path, O_RDONLY | O_DIRECTORY); }

UniqueFd OpenLockedDirectory(const fs::path& path, int operation) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat ours;
  struct stat there;
  if (!fd || ::flock(fd.get(), operation) != 0 || ::fstat(fd.get(), &ours) != 0 ||
      ::stat(path.c_str(), &there) != 0 || ours.st_ino != there.st_ino) {
    fd.Reset();
  }
  return fd;
}

std::string ReadAll(int fd, std::string_view name, size_t max_bytes) {
  std::string data;
  std::array<char, 16384> chunk;
  while (true) {
    const ssize_t n = ::read(fd, chunk.data(), chunk.size());
    if (n < 0) {
      if (errno == EINTR) {
        continue;
      }
      throw Error::FromErrno("read " + std::string(name));
    }
    if (n == 0) {
      return data;
    }
    if (data.size() + static_cast<size_t>(n) > max_bytes) {
      throw Error(ErrorKind::kInvalid,
                  std::string(name) + ": longer than " + std::to_string(max_bytes) + " bytes");
    }
    data.append(chunk.data(), static_cast<size_t>(n));
  }
}

std::string ReadFile(const fs::path& path, size_t max_bytes) {
  return ReadAll(OpenFile(path, O_RDONLY).get(), path.string(), max_bytes);
}

std::optional<std::string> ReadFileIfExists(const fs::path& path, size_t max_bytes) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) {
    if (errno == ENOENT || errno == ENOTDIR) {
      return std::nullopt;
    }
    throw Error::FromErrno("open " + path.string());
  }
  return ReadAll(fd.get(), path.string(), max_bytes);
}

void WriteAll(int fd, std::string_view data, std::string_view name) {
  while (!data.empty()) {
    const ssize_t n = ::write(fd, data.data(), data.size());
    if (n < 0) {
      if (errno == EINTR) {
        continue;
      }
      throw Error::FromErrno("write " + std::string(name));
    }
    data.remove_prefix(static_cast<size_t>(n));
  }
}

void WriteFileAtomically(const fs::path& path, std::string_view data, Durability durability,
                         unsigned mode) {
  std::string temporary = path.string() + ".XXXXXX";
  UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd) {
    throw Error::FromErrno("create a file beside " + path.string());
  }
  try {
    WriteAll(fd.get(), data, path.string());
    if (::fchmod(fd.get(), mode) != 0) {
      throw Error::FromErrno("chmod " + path.string());
    }
    if (durability == Durability::kFlush && ::fsync(fd.get()) != 0) {
      throw Error::FromErrno("flush " + path.string());
    }
    fd.Close();
    if (::rename(temporary.c_str(), path.c_str()) != 0) {
      throw Error::FromErrno("rename to " + path.string());
    }
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
  if (durability == Durability::kFlush) {
    const fs::path parent = path.has_parent_path() ? path.parent_path() : fs::path(".");
    const UniqueFd directory = OpenFile(parent, O_RDONLY | O_DIRECTORY);
    if (::fsync(directory.get()) != 0) {
      throw Error::FromErrno("flush " + parent.string());
    }
  }
}

void MakeDirectories(const fs::path& path, unsigned mode) {
  if (::mkdir(path.c_str(), mode) == 0 || path.empty()) {
    return;
  }
  if (errno == ENOENT && path.has_parent_path() && path.parent_path() != path) {
    MakeDirectories(path.parent_path(), mode);
    if (::mkdir(path.c_str(), mode) == 0) {
      return;
    }
  }
  if (errno != EEXIST || !fs::is_directory(path)) {
    throw Error::FromErrno("mkdir " + path.string());
  }
}

bool HoldFromSweep(int fd) {
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) {
      return false;
    }
    throw Error::FromErrno("lock a temporary file");
  }
  struct stat st;
  return ::fstat(fd, &st) == 0 && st.st_nlink > 0;
}

void SweepUnheld(const fs::path& directory) noexcept {
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    // O_NONBLOCK: it might be a FIFO.
    const UniqueFd fd(
        ::open(entry->path().c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!fd || ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
      continue;
    }
    try {
      RemoveTree(entry->path());
    } catch (const std::exception&) {
      continue;
    }
  }
}

TemporaryDirectory::TemporaryDirectory(const fs::path& parent, std::string_view prefix) {
  std::string name;
  do {
    name = (parent / prefix).string() + "-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) {
      throw Error::FromErrno("make a directory in " + parent.string());
    }
    held_.Reset(::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!held_ && errno != ENOENT) {
      const int failure = errno;
      ::rmdir(name.c_str());
      throw Error::FromErrno("open " + name, failure);
    }
  } while (!held_ || !HoldFromSweep(held_.get()));
  path_ = name;
}

TemporaryDirectory::TemporaryDirectory(TemporaryDirectory&& other) noexcept
    : path_(std::move(other.path_)), held_(std::move(other.held_)) {
  other.path_.clear();
}

TemporaryDirectory::~TemporaryDirectory() {
  if (!path_.empty()) {
    try {
      RemoveTree(path_);
    } catch (const Error&) {
      // The start-up sweep takes what is left.
    }
  }
}

fs::path TemporaryDirectory::Release() {
  held_.Reset();
  return std::exchange(path_, fs::path());
}

}  // namespace runtime::base
