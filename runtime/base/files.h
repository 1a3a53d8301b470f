// Files: reading with a bound, publishing by rename, temporary directories, removal of trees.
//
// Everything here works on paths of our own state directory or of the administrator; paths that a
// stranger can influence go through beneath.h instead. All functions throw Error.
#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "runtime/base/fd.h"

namespace runtime::base {

// open(2) with O_CLOEXEC added. Throws with "open PATH".
UniqueFd OpenFile(const std::filesystem::path& path, int flags, unsigned mode = 0600);
UniqueFd OpenDirectory(const std::filesystem::path& path);  // to read

// A directory that others may remove, with `operation` of flock(2). Nothing when it isn't there,
// was removed before the lock was ours, or has another lock and `operation` doesn't wait.
UniqueFd OpenLockedDirectory(const std::filesystem::path& path, int operation);

// The whole file, refused (kInvalid) when longer than `max_bytes`.
std::string ReadFile(const std::filesystem::path& path, size_t max_bytes = 64u << 20);

// The same from a descriptor's current offset, whatever it refers to; `name` is for the message.
std::string ReadAll(int fd, std::string_view name, size_t max_bytes = 64u << 20);

// The file's content, or nothing when it doesn't exist.
std::optional<std::string> ReadFileIfExists(const std::filesystem::path& path,
                                            size_t max_bytes = 64u << 20);

// Writes all of `data`, going on after short writes and EINTR.
void WriteAll(int fd, std::string_view data, std::string_view name);

// Publishes `data` at `path`: temporary file beside it, flush, rename. A reader sees the old or
// the new content, never a part; after a crash too when `durable`.
enum class Durability { kFlush, kNoFlush };
void WriteFileAtomically(const std::filesystem::path& path, std::string_view data,
                         Durability durability = Durability::kFlush, unsigned mode = 0600);

// mkdir -p with `mode` for each directory made.
void MakeDirectories(const std::filesystem::path& path, unsigned mode = 0700);

// Removes `path` and everything below, never following a link, crossing no mount. A missing path
// is fine. Goes on after a failed entry and throws the first failure at the end. Depth is no
// matter: descriptors and stack in use are bounded.
void RemoveTree(const std::filesystem::path& path);

// Marks a file or directory that was just made in a directory that is swept: in use as long as the
// descriptor, or a copy of it, is open (flock(2)). False when a sweep was faster: make another.
// Throws Error when the file system has no locks.
bool HoldFromSweep(int fd);

// Removes from a directory what nobody holds: what a crash left there. Never throws; a later sweep
// tries again.
void SweepUnheld(const std::filesystem::path& directory) noexcept;

// A fresh directory that is removed with its content unless Release() was called; held from a sweep
// until then.
class TemporaryDirectory {
 public:
  // Makes PARENT/PREFIX-XXXXXX.
  TemporaryDirectory(const std::filesystem::path& parent, std::string_view prefix);
  TemporaryDirectory(TemporaryDirectory&& other) noexcept;
  TemporaryDirectory& operator=(TemporaryDirectory&&) = delete;
  ~TemporaryDirectory();

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path Release();

 private:
  std::filesystem::path path_;
  UniqueFd held_;
};

// An advisory exclusive lock on a file (flock(2)), held until destruction. The constructor waits,
// and throws Error (kCancelled) when a stop is requested meanwhile; TryLock answers nothing when
// somebody holds it.
class FileLock {
 public:
  explicit FileLock(const std::filesystem::path& path, const std::stop_token& stop = {});
  static std::optional<FileLock> TryLock(const std::filesystem::path& path);

 private:
  explicit FileLock(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace runtime::base
