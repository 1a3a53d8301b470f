#include "runtime/layer/tree_copier.h"

#include <fcntl.h>
#include <unistd.h>

#include "runtime/base/beneath.h"
#include "runtime/base/error.h"
#include "runtime/base/stop.h"
#include "runtime/base/terminal_text.h"
#include "runtime/layer/attributes.h"
#include "runtime/layer/file_content.h"

namespace runtime::layer {
using base::Error;
using base::ErrorKind;
using base::UniqueFd;
namespace {

struct stat StatOf(int fd) {
  struct stat st;
  if (::fstat(fd, &st) != 0) {
    throw Error::FromErrno("look at a file");
  }
  return st;
}

}  // namespace

void TreeCopier::CopyContent(const std::vector<int>& from) {
  TreeWalk walk(from, options_.tree);
  for (TreeWalk::Entry entry; walk.Next(entry);) {
    base::ThrowIfStopped(stop_);
    LeaveDirectories(entry.path);
    if (options_.leave_out.contains(entry.path)) {
      walk.SkipContent();
      continue;
    }
    base::WithContext("copy " + base::ForMessage(entry.path), [&] { CopyEntry(entry); });
  }
  LeaveDirectories("");
}

void TreeCopier::CopyEntry(const TreeWalk::Entry& entry) {
  if (entry.is_directory()) {
    EnterDirectory(entry);
  } else if (options_.link) {
    LinkEntry(entry);
  } else if (S_ISREG(entry.st.st_mode)) {
    CopyFile(OpenRegularFile(entry.parent, entry.name).get(), entry.path);
  } else if (S_ISLNK(entry.st.st_mode)) {
    CopyLink(entry);
  } else {
    ++result_.skipped;
  }
}

void TreeCopier::EnterDirectory(const TreeWalk::Entry& entry) {
  const UniqueFd source(
      ::openat(entry.parent, entry.name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!source) {
    throw Error::FromErrno("open directory");
  }
  std::string name;
  const int parent = Parent(entry.path, name);
  if (::mkdirat(parent, name.c_str(), 0700) != 0) {
    struct stat st;
    if (errno != EEXIST || ::fstatat(parent, name.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0) {
      throw Error::FromErrno("make directory");
    }
    if (!S_ISDIR(st.st_mode)) {
      throw Error(ErrorKind::kInvalid, "another thing stands where a directory goes", ENOTDIR);
    }
  }
  pending_.push_back({entry.path, StatOf(source.get()), ReadAttributes(source.get(), entry.path),
                      options_.link && IsOpaque(source.get())});
}

void TreeCopier::LeaveDirectories(const std::string& path) {
  while (!pending_.empty() && !path.starts_with(pending_.back().path + "/")) {
    const Pending& done = pending_.back();
    const UniqueFd directory =
        base::OpenBeneath(to_, done.path, O_RDONLY | O_DIRECTORY, base::Links::kNoLinks);
    if (done.opaque) {
      MakeOpaque(directory.get(), done.path);
    }
    SetAttributes(directory.get(), done.st, done.attributes);
    pending_.pop_back();
  }
}

void TreeCopier::CopyFile(int from, const std::string& path) {
  const struct stat st = StatOf(from);
  const std::pair key(st.st_dev, st.st_ino);
  if (st.st_nlink > 1) {
    const auto copy = copies_.find(key);
    if (copy != copies_.end() && LinkToCopy(copy->second.first, copy->second.second, path)) {
      ++result_.files;
      return;
    }
  }
  const auto size = static_cast<uint64_t>(st.st_size);
  if (size > options_.max_bytes - result_.bytes) {
    throw Error(ErrorKind::kInvalid,
                "over the limit of " + std::to_string(options_.max_bytes) + " bytes to copy");
  }
  std::string name;
  const int parent = Parent(path, name);
  RemoveOther(parent, name);
  UniqueFd target(
      ::openat(parent, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!target) {
    throw Error::FromErrno("create");
  }
  CopyFileContent(from, target.get(), size, stop_);
  SetAttributes(target.get(), st, ReadAttributes(from, path));
  if (st.st_nlink > 1) {
    copies_[key] = {path, StatOf(target.get()).st_ino};
  }
  target.Close();
  result_.bytes += size;
  ++result_.files;
}

bool TreeCopier::LinkToCopy(const std::string& copy, ino_t inode, const std::string& path) {
  const size_t slash = copy.rfind('/');
  const std::string directory = slash == std::string::npos ? "" : copy.substr(0, slash);
  const std::string name = slash == std::string::npos ? copy : copy.substr(slash + 1);
  const UniqueFd source =
      base::OpenBeneath(to_, directory, O_RDONLY | O_DIRECTORY, base::Links::kNoLinks);
  struct stat st;
  if (::fstatat(source.get(), name.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0 || st.st_ino != inode) {
    return false;
  }
  std::string link;
  const int parent = Parent(path, link);
  RemoveOther(parent, link);
  return ::linkat(source.get(), name.c_str(), parent, link.c_str(), 0) == 0;
}

void TreeCopier::LinkEntry(const TreeWalk::Entry& entry) {
  std::string name;
  const int parent = Parent(entry.path, name);
  if (::linkat(entry.parent, entry.name.c_str(), parent, name.c_str(), 0) != 0) {
    throw Error::FromErrno("link");
  }
  ++result_.files;
}

void TreeCopier::CopyLink(const TreeWalk::Entry& entry) {
  const std::string target = ReadLinkAt(entry.parent, entry.name);
  std::string name;
  const int parent = Parent(entry.path, name);
  RemoveOther(parent, name);
  const CopyOptions::Owner owner = OwnerOf(entry.st);
  const timespec times[2] = {{0, UTIME_OMIT}, entry.st.st_mtim};
  if (::symlinkat(target.c_str(), parent, name.c_str()) != 0 ||
      ::fchownat(parent, name.c_str(), owner.uid, owner.gid, AT_SYMLINK_NOFOLLOW) != 0 ||
      ::utimensat(parent, name.c_str(), times, AT_SYMLINK_NOFOLLOW) != 0) {
    throw Error::FromErrno("make the link");
  }
  ++result_.files;
}

void TreeCopier::CopyAttributes(int from, int to) const {
  SetAttributes(to, StatOf(from), ReadAttributes(from, ""));
}

void TreeCopier::SetAttributes(int to, const struct stat& st,
                               const std::vector<Attribute>& attributes) const {
  const CopyOptions::Owner owner = OwnerOf(st);
  const struct stat now = StatOf(to);
  if ((now.st_uid != owner.uid || now.st_gid != owner.gid) &&
      ::fchown(to, owner.uid, owner.gid) != 0) {
    throw Error::FromErrno("set owner");
  }
  if (::fchmod(to, st.st_mode & options_.mode_mask & 07777) != 0) {
    throw Error::FromErrno("set mode");
  }
  // A file's capabilities are set-user-id under another name.
  const bool keep_capabilities = (options_.mode_mask & S_ISUID) != 0;
  for (const Attribute& attribute : attributes) {
    if (keep_capabilities || attribute.name.starts_with("user.")) {
      SetAttribute(to, attribute, "copy");
    }
  }
  const timespec times[2] = {{0, UTIME_OMIT}, st.st_mtim};
  if (::futimens(to, times) != 0) {
    throw Error::FromErrno("set time");
  }
}

CopyOptions::Owner TreeCopier::OwnerOf(const struct stat& st) const {
  return options_.owner.value_or(CopyOptions::Owner{st.st_uid, st.st_gid});
}

int TreeCopier::Parent(const std::string& path, std::string& name) {
  const size_t slash = path.rfind('/');
  const std::string parent = slash == std::string::npos ? "" : path.substr(0, slash);
  name = slash == std::string::npos ? path : path.substr(slash + 1);
  if (!parent_ || parent != parent_path_) {
    parent_ = base::OpenBeneath(to_, parent, O_RDONLY | O_DIRECTORY, base::Links::kNoLinks);
    parent_path_ = parent;
  }
  return parent_.get();
}

void TreeCopier::RemoveOther(int parent, const std::string& name) {
  if (::unlinkat(parent, name.c_str(), 0) == 0 || errno == ENOENT) {
    return;
  }
  if (errno == EISDIR || errno == EPERM) {
    throw Error(ErrorKind::kInvalid, "a directory stands where a file or link goes", EISDIR);
  }
  throw Error::FromErrno("replace");
}

}  // namespace runtime::layer
