#include "runtime/layer/packer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>

#include "runtime/base/error.h"
#include "runtime/base/fd.h"
#include "runtime/layer/attributes.h"

namespace runtime::layer {
using base::Error;
using base::ErrorKind;
using base::UniqueFd;
namespace {

constexpr size_t kReadBytes = 1u << 20;

}  // namespace

Packer::Packer(TarWriter& writer, Meaning meaning, const Limits& limits, EntrySink entries)
    : writer_(writer),
      meaning_(meaning),
      limits_(limits),
      sink_(std::move(entries)),
      buffer_(kReadBytes) {}

TarEntry Packer::Describe(const struct stat& st, const std::string& path) const {
  TarEntry entry;
  entry.path = path;
  entry.mode = st.st_mode & 07777;
  entry.uid = st.st_uid;
  entry.gid = st.st_gid;
  entry.mtime.tv_sec =
      std::min(st.st_mtim.tv_sec, static_cast<time_t>(limits_.max_mtime.value_or(INT64_MAX)));
  return entry;
}

void Packer::Add(const TreeWalk::Entry& found) {
  if (meaning_ == Meaning::kLayer) {
    if (IsWhiteout(found.st)) {
      AddMark(found.path.substr(0, found.path.size() - found.name.size()) + ".wh." + found.name);
      return;
    }
    if (found.name.starts_with(".wh.")) {
      throw Error(ErrorKind::kInvalid, "the name is reserved for whiteouts");
    }
  }
  switch (found.st.st_mode & S_IFMT) {
    case S_IFDIR: {
      const UniqueFd fd(::openat(found.parent, found.name.c_str(),
                                 O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      if (!fd) {
        throw Error::FromErrno("open directory");
      }
      AddOpen(fd.get(), found.st, found.path);
      break;
    }
    case S_IFREG:
      AddOpen(OpenRegularFile(found.parent, found.name).get(), found.st, found.path);
      break;
    case S_IFLNK: {
      TarEntry entry = Describe(found.st, found.path);
      entry.type = EntryType::kSymlink;
      entry.link = ReadLinkAt(found.parent, found.name);
      AddOrLink(found.st, std::move(entry));
      break;
    }
    case S_IFIFO: {
      TarEntry entry = Describe(found.st, found.path);
      entry.type = EntryType::kFifo;
      AddOrLink(found.st, std::move(entry));
      break;
    }
    default:
      ++skipped_;
  }
}

void Packer::AddOpen(int fd, const struct stat& st, const std::string& path) {
  RequireWhole(fd);
  if (S_ISDIR(st.st_mode)) {
    AddDirectory(fd, Describe(st, path));
  } else {
    AddFile(fd, st, Describe(st, path));
  }
}

void Packer::Put(const TarEntry& entry) {
  writer_.Add(entry);
  ++entries_;
  // A file is told when its content is known.
  if (sink_ && entry.type != EntryType::kFile) {
    sink_(entry, std::nullopt);
  }
}

// Nothing of a deletion is kept but its name, so that it is the same whenever it happened.
void Packer::AddMark(std::string path) {
  TarEntry mark;
  mark.path = std::move(path);
  Put(mark);
  if (sink_) {
    sink_(mark, std::nullopt);
  }
}

void Packer::AddDirectory(int fd, TarEntry entry) {
  const std::string path = entry.path;
  entry.type = EntryType::kDirectory;
  entry.path += '/';
  entry.attributes = ReadAttributes(fd, path);
  Put(entry);
  if (meaning_ == Meaning::kLayer && IsOpaque(fd)) {
    AddMark(path + "/.wh..wh..opq");
  }
}

void Packer::AddFile(int fd, const struct stat& st, TarEntry entry) {
  if (LinkedBefore(st, entry)) {
    return;
  }
  const auto size = static_cast<uint64_t>(st.st_size);
  if (size > limits_.max_bytes - bytes_) {
    throw Error(ErrorKind::kInvalid,
                "over the limit of " + std::to_string(limits_.max_bytes) + " bytes in files");
  }
  bytes_ += size;
  entry.size = st.st_size;
  entry.attributes = ReadAttributes(fd, entry.path);
  Put(entry);
  const std::optional<base::Digest> content = CopyContent(fd, size);
  if (sink_) {
    sink_(entry, content);
  }
}

std::optional<base::Digest> Packer::CopyContent(int fd, uint64_t left) {
  std::optional<base::Sha256> hash;
  if (sink_) {
    hash.emplace();
  }
  while (left > 0) {
    const ssize_t n = ::read(fd, buffer_.data(), std::min<uint64_t>(left, buffer_.size()));
    if (n < 0 && errno == EINTR) {
      continue;
    }
    if (n < 0) {
      throw Error::FromErrno("read");
    }
    if (n == 0) {
      throw Error(ErrorKind::kInternal, "the file became shorter while it was packed");
    }
    const std::string_view data(buffer_.data(), static_cast<size_t>(n));
    writer_.Write(data);
    if (hash) {
      hash->Update(data);
    }
    left -= data.size();
  }
  return hash ? std::optional(hash->Finish()) : std::nullopt;
}

void Packer::AddOrLink(const struct stat& st, TarEntry entry) {
  if (!LinkedBefore(st, entry)) {
    Put(entry);
  }
}

// Adds a further name of a file as a hard link to the first one.
bool Packer::LinkedBefore(const struct stat& st, TarEntry& entry) {
  if (st.st_nlink < 2) {
    return false;
  }
  const auto [first, is_new] = first_names_.try_emplace({st.st_dev, st.st_ino}, entry.path);
  if (is_new) {
    return false;
  }
  entry.type = EntryType::kHardLink;
  entry.link = first->second;
  Put(entry);
  return true;
}

// overlayfs.rst, "redirect_dir" and "metacopy": such an entry is whole only with its lower layers.
void Packer::RequireWhole(int fd) const {
  if (meaning_ != Meaning::kLayer) {
    return;
  }
  for (const char* mark : {"redirect", "metacopy"}) {
    const std::string attribute = std::string(OverlayPrefix()) + mark;
    if (::fgetxattr(fd, attribute.c_str(), nullptr, 0) >= 0) {
      throw Error(ErrorKind::kUnsupported, "it refers to lower layers by " + attribute);
    }
  }
}

}  // namespace runtime::layer
