#include "runtime/layer/layer_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/rootless.h"
#include "runtime/base/terminal_text.h"
#include "runtime/layer/attributes.h"

namespace runtime::layer {
using base::Error;
using base::ErrorKind;
using base::UniqueFd;
namespace {

// OCI image specification, layer.md "Whiteouts"; the longer prefix marks what AUFS kept for itself.
constexpr std::string_view kWhiteout = ".wh.";
constexpr std::string_view kReserved = ".wh..wh.";
constexpr std::string_view kOpaqueWhiteout = ".wh..wh..opq";
constexpr size_t kMaxTarget = 4095;  // PATH_MAX without its NUL, symlink(2)

[[noreturn]] void Refuse(const std::string& why) { throw Error(ErrorKind::kInvalid, why); }

bool HasPartWith(std::string_view path, std::string_view prefix) {
  return path.starts_with(prefix) || path.find("/" + std::string(prefix)) != std::string_view::npos;
}

void RequireNoPermissionProblem(const std::string& what) {
  if (errno == EPERM) {
    throw Error(ErrorKind::kPermission,
                what +
                    ": Operation not permitted (unpacking a layer with other owners, devices or "
                    "attributes needs root)",
                EPERM);
  }
  throw Error::FromErrno(what);
}

UniqueFd OpenDirectory(int parent, const std::string& name) {
  UniqueFd fd(::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) {
    throw Error::FromErrno("open directory");
  }
  return fd;
}

void WriteAt(int fd, std::string_view data, uint64_t offset) {
  while (!data.empty()) {
    const ssize_t n = ::pwrite(fd, data.data(), data.size(), static_cast<off_t>(offset));
    if (n < 0) {
      if (errno == EINTR) {
        continue;
      }
      throw Error::FromErrno("write");
    }
    data.remove_prefix(static_cast<size_t>(n));
    offset += static_cast<uint64_t>(n);
  }
}

void CopyContent(int fd, uint64_t size, const LayerWriter::Content& content) {
  uint64_t written = 0;
  for (TarReader::Block block; content(block);) {
    if (block.offset < written || block.offset > size || block.data.size() > size - block.offset) {
      Refuse("its content doesn't fit the size in its header");
    }
    WriteAt(fd, block.data, block.offset);
    written = block.offset + block.data.size();
  }
  // What is missing at the end is a hole.
  if (written < size && ::ftruncate(fd, static_cast<off_t>(size)) != 0) {
    throw Error::FromErrno("set the size");
  }
}

}  // namespace

LayerWriter::LayerWriter(int root, const PathLimits& limits, Meaning meaning)
    : root_(root),
      limits_(limits),
      meaning_(meaning),
      parents_(root),
      only_root_(::geteuid() == 0 && base::MappedIds() == 1) {}

void LayerWriter::Add(const TarEntry& found, const Content& content) {
  const LayerPath path = ParseLayerPath(found.path, limits_);
  base::WithContext("entry \"" + base::ForMessage(path.Join()) + "\"", [&] {
    CheckOwner(found);
    const TarEntry entry = only_root_ ? Squashed(found) : found;
    if (path.name.empty()) {
      AddRoot(entry);
    } else if (meaning_ == Meaning::kLayer &&
               (HasPartWith(path.parent, kWhiteout) || path.name.starts_with(kWhiteout))) {
      AddWhiteout(path);
    } else if (entry.type == EntryType::kDirectory) {
      AddDirectory(path, entry);
    } else if (entry.type == EntryType::kFile) {
      AddFile(path, entry, content);
    } else if (entry.type == EntryType::kSymlink) {
      AddSymlink(path, entry);
    } else if (entry.type == EntryType::kHardLink) {
      AddHardLink(path, entry);
    } else if (entry.type == EntryType::kFifo) {
      AddFifo(path, entry);
    } else {
      ++skipped_devices_;
    }
  });
}

void LayerWriter::AddRoot(const TarEntry& entry) {
  if (entry.type != EntryType::kDirectory) {
    Refuse("the root of a layer is a directory");
  }
  const DirectoryCache::Handle root = parents_.ToChange("");
  SetMetadata(root->fd.get(), root->st, entry);
  parents_.Insert("", base::Duplicate(root->fd.get()));
}

void LayerWriter::AddWhiteout(const LayerPath& path) {
  if (path.name == kOpaqueWhiteout && !HasPartWith(path.parent, kWhiteout)) {
    if (path.parent.empty()) {
      // overlayfs stacks the roots of all layers and reads no mark there.
      Refuse("hiding all of the lower layers is not supported");
    }
    MakeOpaque(parents_.ToChange(path.parent)->fd.get(), path.parent);
    return;
  }
  if (HasPartWith(path.parent, kReserved) || path.name.starts_with(kReserved)) {
    return;
  }
  const std::string name = path.name.substr(std::min(path.name.size(), kWhiteout.size()));
  if (HasPartWith(path.parent, kWhiteout) || name.empty() || name == "." || name == "..") {
    Refuse("not a whiteout of one entry");
  }
  // What this layer has at that name hides the lower layers' entry by itself; a directory must say
  // so (layer.md: whiteouts apply to lower layers only).
  const int parent = parents_.ToChange(path.parent)->fd.get();
  if (::mknodat(parent, name.c_str(), S_IFCHR, 0) == 0) {
    return;
  }
  struct stat st;
  if (errno != EEXIST || ::fstatat(parent, name.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0) {
    RequireNoPermissionProblem("make a whiteout");
  }
  if (S_ISDIR(st.st_mode)) {
    MakeOpaque(OpenDirectory(parent, name).get(), name);
  }
}

void LayerWriter::AddDirectory(const LayerPath& path, const TarEntry& entry) {
  DirectoryCache::Handle parent = parents_.ToChange(path.parent);
  bool hides = false;
  if (::mkdirat(parent->fd.get(), path.name.c_str(), 0700) != 0) {
    struct stat st;
    if (errno != EEXIST ||
        ::fstatat(parent->fd.get(), path.name.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0) {
      throw Error::FromErrno("make the directory");
    }
    if (!S_ISDIR(st.st_mode) && meaning_ == Meaning::kTree) {
      Refuse("another thing stands where a directory goes");
    }
    if (!S_ISDIR(st.st_mode)) {
      hides = IsWhiteout(st);
      parent = Replace(path, [&](int fd) { return ::mkdirat(fd, path.name.c_str(), 0700); });
    }
  }
  UniqueFd fd = OpenDirectory(parent->fd.get(), path.name);
  if (hides) {
    MakeOpaque(fd.get(), path.name);
  }
  SetMetadata(fd.get(), parent->st, entry);
  parents_.Insert(path.Join(), std::move(fd));
}

void LayerWriter::AddFile(const LayerPath& path, const TarEntry& entry, const Content& content) {
  if (entry.size < 0) {
    Refuse("negative size");
  }
  UniqueFd fd;
  const DirectoryCache::Handle parent = Replace(path, [&](int directory) {
    fd.Reset(::openat(directory, path.name.c_str(),
                      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    return fd ? 0 : -1;
  });
  CopyContent(fd.get(), static_cast<uint64_t>(entry.size), content);
  SetMetadata(fd.get(), parent->st, entry);
  fd.Close();
}

void LayerWriter::AddSymlink(const LayerPath& path, const TarEntry& entry) {
  if (entry.link.empty() || entry.link.size() > kMaxTarget) {
    Refuse("a link's target of " + std::to_string(entry.link.size()) + " bytes (1 to " +
           std::to_string(kMaxTarget) + ")");
  }
  const DirectoryCache::Handle parent = Replace(path, [&](int directory) {
    return ::symlinkat(entry.link.c_str(), directory, path.name.c_str());
  });
  const int directory = parent->fd.get();
  const timespec times[2] = {{0, UTIME_OMIT}, entry.mtime};
  if (::fchownat(directory, path.name.c_str(), static_cast<uid_t>(entry.uid),
                 static_cast<gid_t>(entry.gid), AT_SYMLINK_NOFOLLOW) != 0 ||
      ::utimensat(directory, path.name.c_str(), times, AT_SYMLINK_NOFOLLOW) != 0) {
    RequireNoPermissionProblem("set owner and time of the link");
  }
}

void LayerWriter::AddFifo(const LayerPath& path, const TarEntry& entry) {
  const DirectoryCache::Handle parent =
      Replace(path, [&](int directory) { return ::mkfifoat(directory, path.name.c_str(), 0600); });
  const UniqueFd fd(::openat(parent->fd.get(), path.name.c_str(),
                             O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) {
    throw Error::FromErrno("open the FIFO");
  }
  SetMetadata(fd.get(), parent->st, entry);
}

void LayerWriter::AddHardLink(const LayerPath& path, const TarEntry& entry) {
  const LayerPath target = ParseLayerPath(entry.link, limits_);
  const std::string shown = "hard link to \"" + base::ForMessage(target.Join()) + "\"";
  // Kept open here: making room for the new name may empty the cache.
  const UniqueFd target_parent = base::Duplicate(parents_.ToChange(target.parent)->fd.get());
  struct stat st;
  if (target.name.empty() ||
      ::fstatat(target_parent.get(), target.name.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0) {
    Refuse(shown + ", which is not in this layer");
  }
  if (S_ISDIR(st.st_mode) || IsWhiteout(st)) {
    Refuse(shown + ", which is no file");
  }
  const int parent = parents_.ToChange(path.parent)->fd.get();
  struct stat taken;
  if (::fstatat(parent, path.name.c_str(), &taken, AT_SYMLINK_NOFOLLOW) == 0 &&
      taken.st_ino == st.st_ino && taken.st_dev == st.st_dev) {
    return;  // Two names of one file already, or one name twice.
  }
  // Without AT_SYMLINK_FOLLOW a link is linked itself, never what it points to.
  Replace(path, [&](int directory) {
    return ::linkat(target_parent.get(), target.name.c_str(), directory, path.name.c_str(), 0);
  });
}

template <typename Make>
DirectoryCache::Handle LayerWriter::Replace(const LayerPath& path, Make make) {
  DirectoryCache::Handle parent = parents_.ToChange(path.parent);
  if (make(parent->fd.get()) == 0) {
    return parent;
  }
  if (errno == EEXIST) {
    RemoveEntry(parent->fd.get(), path.name);
    // Paths through what was removed may be remembered.
    parents_.Clear();
    parent = parents_.ToChange(path.parent);
    if (make(parent->fd.get()) == 0) {
      return parent;
    }
  }
  RequireNoPermissionProblem("make it");
  return parent;
}

void LayerWriter::RemoveEntry(int parent, const std::string& name) const {
  if (meaning_ == Meaning::kTree) {
    if (::unlinkat(parent, name.c_str(), 0) != 0 && errno != ENOENT) {
      if (errno == EISDIR || errno == EPERM) {
        Refuse("a directory stands where a file or link goes");
      }
      throw Error::FromErrno("replace it");
    }
    return;
  }
  base::RemoveTree("/proc/self/fd/" + std::to_string(parent) + "/" + name);
}

void LayerWriter::SetMetadata(int fd, const struct stat& parent, const TarEntry& entry) {
  const auto uid = static_cast<uid_t>(entry.uid);
  const auto gid = static_cast<gid_t>(entry.gid);
  struct stat st;
  const bool fresh_file = entry.type == EntryType::kFile;
  const bool inherits_group = (parent.st_mode & S_ISGID) != 0;
  // A new file is known to be ours, which saves a look.
  const bool ours = fresh_file && !inherits_group && uid == ::geteuid() && gid == ::getegid();
  if (!ours && (::fstat(fd, &st) != 0 ||
                ((st.st_uid != uid || st.st_gid != gid) && ::fchown(fd, uid, gid) != 0))) {
    RequireNoPermissionProblem("set owner " + std::to_string(uid) + ":" + std::to_string(gid));
  }
  if (::fchmod(fd, entry.mode & 07777) != 0) {
    throw Error::FromErrno("set mode");
  }
  for (const Attribute& attribute : entry.attributes) {
    if (attribute.name.starts_with("trusted.")) {
      Refuse("extended attribute " + base::ForMessage(attribute.name) + " is refused");
    }
    if (IsKept(attribute.name)) {
      SetAttribute(fd, attribute, entry.path);
    } else {
      ++dropped_attributes_;
    }
  }
  const timespec times[2] = {{0, UTIME_OMIT}, entry.mtime};
  if (::futimens(fd, times) != 0) {
    throw Error::FromErrno("set time");
  }
}

TarEntry LayerWriter::Squashed(TarEntry entry) {
  if (entry.uid != 0 || entry.gid != 0) {
    // A set-id bit would give root's rights where it gave another's.
    entry.mode &= ~static_cast<decltype(entry.mode)>(S_ISUID | S_ISGID);
    entry.uid = 0;
    entry.gid = 0;
    ++squashed_owners_;
  }
  return entry;
}

void LayerWriter::CheckOwner(const TarEntry& entry) const {
  // (uid_t)-1 means "leave as is" to chown(2).
  constexpr int64_t kMaxId = 0xfffffffe;
  if (entry.uid < 0 || entry.uid > kMaxId || entry.gid < 0 || entry.gid > kMaxId) {
    Refuse("owner " + std::to_string(entry.uid) + ":" + std::to_string(entry.gid) +
           " is out of range");
  }
}

}  // namespace runtime::layer
