#include "runtime/git/helper/output_tree.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "runtime/base/files.h"
#include "runtime/base/terminal_text.h"
#include "runtime/base/units.h"
#include "runtime/git/helper/entry_name.h"

namespace runtime::git {
namespace {

using base::Error;
using base::ErrorKind;

constexpr timespec kTimes[2] = {{OutputTree::kModificationTime, 0},
                                {OutputTree::kModificationTime, 0}};

void SetTimes(int fd, std::string_view name) {
  if (::futimens(fd, kTimes) < 0) {
    throw Error::FromErrno("set the time of " + base::ForMessage(name));
  }
}

}  // namespace

OutputTree::OutputTree(int root, const CheckoutLimits& limits) : root_(root), limits_(limits) {}

std::string OutputTree::Where(std::string_view name) const {
  std::string path;
  for (const Directory& directory : open_) {
    path += directory.name + "/";
  }
  return base::ForMessage((path + std::string(name)).substr(0, 500));
}

void OutputTree::CheckSize(std::string_view name, uint64_t bytes) const {
  if (bytes > limits_.file_bytes) {
    throw Error(ErrorKind::kInvalid, Where(name) + " has " + base::FormatSize(bytes) +
                                         ", more than the limit of " +
                                         base::FormatSize(limits_.file_bytes) + " for one file");
  }
  if (bytes > limits_.total_bytes - size_.bytes) {
    throw Error(ErrorKind::kInvalid, "the checkout has more than the limit of " +
                                         base::FormatSize(limits_.total_bytes) + " (reached at " +
                                         Where(name) + ")");
  }
}

void OutputTree::Book(std::string_view name) {
  if (!IsSafeEntryName(name)) {
    throw Error(ErrorKind::kInvalid, "the name " + Where(name) +
                                         " is refused: it isn't a plain file name, or some "
                                         "file systems take it for .git");
  }
  if (++size_.entries > limits_.entries) {
    throw Error(ErrorKind::kInvalid, "the checkout has more than the limit of " +
                                         std::to_string(limits_.entries) + " entries");
  }
}

void OutputTree::Enter(std::string_view name) {
  Book(name);
  if (open_.size() >= limits_.depth) {
    throw Error(ErrorKind::kInvalid, Where(name) + " lies deeper than the limit of " +
                                         std::to_string(limits_.depth) + " directories");
  }
  const std::string text(name);
  if (::mkdirat(Current(), text.c_str(), 0755) < 0) {
    throw Error::FromErrno("make directory " + Where(name));
  }
  base::UniqueFd fd(
      ::openat(Current(), text.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) {
    throw Error::FromErrno("open directory " + Where(name));
  }
  if (::fchmod(fd.get(), 0755) < 0) {
    throw Error::FromErrno("set the mode of " + Where(name));
  }
  open_.push_back({std::move(fd), text});
}

void OutputTree::Leave() {
  SetTimes(Current(), open_.back().name);
  open_.pop_back();
}

base::UniqueFd OutputTree::OpenFile(std::string_view name, bool executable, uint64_t size) {
  Book(name);
  CheckSize(name, size);
  size_.files += 1;
  size_.bytes += size;
  const mode_t mode = executable ? 0755 : 0644;
  base::UniqueFd fd(::openat(Current(), std::string(name).c_str(),
                             O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!fd) {
    throw Error::FromErrno("make " + Where(name));
  }
  if (::fchmod(fd.get(), mode) < 0) {
    throw Error::FromErrno("set the mode of " + Where(name));
  }
  return fd;
}

void OutputTree::Finish(base::UniqueFd file) {
  SetTimes(file.get(), "a file");
  file.Close();
}

void OutputTree::File(std::string_view name, bool executable, std::string_view content) {
  base::UniqueFd fd = OpenFile(name, executable, content.size());
  base::WriteAll(fd.get(), content, Where(name));
  Finish(std::move(fd));
}

void OutputTree::Link(std::string_view name, std::string_view target) {
  Book(name);
  CheckSize(name, target.size());
  if (target.empty() || target.find('\0') != std::string_view::npos) {
    throw Error(ErrorKind::kInvalid, "the link " + Where(name) + " has no valid target");
  }
  size_.files += 1;
  const std::string text(name);
  if (::symlinkat(std::string(target).c_str(), Current(), text.c_str()) < 0 ||
      ::utimensat(Current(), text.c_str(), kTimes, AT_SYMLINK_NOFOLLOW) < 0) {
    throw Error::FromErrno("make link " + Where(name));
  }
}

void OutputTree::Delete(std::string_view name) {
  Book(name);
  // The only device that needs no privilege (mknod(2)).
  if (::mknodat(Current(), std::string(name).c_str(), S_IFCHR, makedev(0, 0)) < 0) {
    throw Error::FromErrno("mark " + Where(name) + " as deleted");
  }
}

void OutputTree::Close() { SetTimes(root_, "the checkout"); }

}  // namespace runtime::git
