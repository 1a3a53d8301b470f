#include "runtime/layer/pack.h"

#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <vector>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/stop.h"
#include "runtime/base/terminal_text.h"
#include "runtime/layer/attributes.h"
#include "runtime/layer/tar_writer.h"
#include "runtime/layer/tree_walk.h"

namespace runtime::layer {
using base::Error;
using base::ErrorKind;
using base::UniqueFd;
namespace {

constexpr size_t kReadBytes = 1u << 20;

class Packer {
 public:
  Packer(TarWriter& writer, const PackOptions& options)
      : writer_(writer), options_(options), buffer_(kReadBytes) {}

  void Add(const TreeWalk::Entry& found) {
    TarEntry entry;
    entry.path = found.path;
    entry.mode = found.st.st_mode & 07777;
    entry.uid = found.st.st_uid;
    entry.gid = found.st.st_gid;
    entry.mtime.tv_sec = std::min(found.st.st_mtim.tv_sec,
                                  static_cast<time_t>(options_.max_mtime.value_or(INT64_MAX)));
    if (IsWhiteout(found.st)) {
      AddMark(found.path.substr(0, found.path.size() - found.name.size()) + ".wh." + found.name);
      return;
    }
    if (found.name.starts_with(".wh.")) {
      throw Error(ErrorKind::kInvalid, "the name is reserved for whiteouts");
    }
    switch (found.st.st_mode & S_IFMT) {
      case S_IFDIR:
        AddDirectory(found, entry);
        break;
      case S_IFREG:
        AddFile(found, entry);
        break;
      case S_IFLNK:
        entry.type = EntryType::kSymlink;
        entry.link = ReadLinkAt(found.parent, found.name);
        AddOrLink(found, entry);
        break;
      case S_IFIFO:
        entry.type = EntryType::kFifo;
        AddOrLink(found, entry);
        break;
      default:
        ++skipped_;
    }
  }

  uint64_t entries() const { return entries_; }
  uint64_t skipped() const { return skipped_; }

 private:
  void Put(const TarEntry& entry) {
    writer_.Add(entry);
    ++entries_;
  }

  // Nothing of a deletion is kept but its name, so that it is the same whenever it happened.
  void AddMark(std::string path) {
    TarEntry mark;
    mark.path = std::move(path);
    Put(mark);
  }

  void AddDirectory(const TreeWalk::Entry& found, TarEntry& entry) {
    const UniqueFd fd(::openat(found.parent, found.name.c_str(),
                               O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd) {
      throw Error::FromErrno("open directory");
    }
    RequireWhole(fd.get());
    entry.type = EntryType::kDirectory;
    entry.path += '/';
    entry.attributes = ReadAttributes(fd.get(), found.path);
    Put(entry);
    if (IsOpaque(fd.get())) {
      AddMark(found.path + "/.wh..wh..opq");
    }
  }

  void AddFile(const TreeWalk::Entry& found, TarEntry& entry) {
    if (LinkedBefore(found, entry)) {
      return;
    }
    const auto size = static_cast<uint64_t>(found.st.st_size);
    if (size > options_.max_bytes - bytes_) {
      throw Error(ErrorKind::kInvalid, "the layer is over the limit of " +
                                           std::to_string(options_.max_bytes) + " bytes in files");
    }
    bytes_ += size;
    const UniqueFd fd = OpenRegularFile(found.parent, found.name);
    RequireWhole(fd.get());
    entry.size = found.st.st_size;
    entry.attributes = ReadAttributes(fd.get(), found.path);
    Put(entry);
    CopyContent(fd.get(), size);
  }

  void CopyContent(int fd, uint64_t left) {
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
      writer_.Write({buffer_.data(), static_cast<size_t>(n)});
      left -= static_cast<uint64_t>(n);
    }
  }

  void AddOrLink(const TreeWalk::Entry& found, TarEntry& entry) {
    if (!LinkedBefore(found, entry)) {
      Put(entry);
    }
  }

  // Adds a further name of a file as a hard link to the first one.
  bool LinkedBefore(const TreeWalk::Entry& found, TarEntry& entry) {
    if (found.st.st_nlink < 2) {
      return false;
    }
    const auto [first, is_new] =
        first_names_.try_emplace({found.st.st_dev, found.st.st_ino}, found.path);
    if (is_new) {
      return false;
    }
    entry.type = EntryType::kHardLink;
    entry.link = first->second;
    Put(entry);
    return true;
  }

  // overlayfs.rst, "redirect_dir" and "metacopy": such an entry is whole only with its lower
  // layers.
  static void RequireWhole(int fd) {
    for (const char* mark : {"redirect", "metacopy"}) {
      const std::string attribute = std::string(OverlayPrefix()) + mark;
      if (::fgetxattr(fd, attribute.c_str(), nullptr, 0) >= 0) {
        throw Error(ErrorKind::kUnsupported, "it refers to lower layers by " + attribute);
      }
    }
  }

  TarWriter& writer_;
  PackOptions options_;
  std::vector<char> buffer_;
  std::map<std::pair<dev_t, ino_t>, std::string> first_names_;
  uint64_t bytes_ = 0;
  uint64_t entries_ = 0;
  uint64_t skipped_ = 0;
};

}  // namespace

PackResult Pack(const std::filesystem::path& directory, const ByteSink& sink,
                const PackOptions& options, const std::stop_token& stop) {
  const UniqueFd root = base::OpenFile(directory, O_RDONLY | O_DIRECTORY);
  base::Sha256 hash;
  uint64_t bytes = 0;
  std::optional<GzipWriter> gzip;
  if (sink) {
    gzip.emplace(sink);
  }
  TarWriter writer([&](std::string_view data) {
    base::ThrowIfStopped(stop);
    hash.Update(data);
    bytes += data.size();
    if (gzip) {
      gzip->Write(data);
    }
  });
  Packer packer(writer, options);
  TreeWalk walk(root.get());
  for (TreeWalk::Entry entry; walk.Next(entry);) {
    base::WithContext("pack " + base::ForMessage(entry.path), [&] { packer.Add(entry); });
  }
  writer.Finish();
  if (gzip) {
    gzip->Finish();
  }
  return {hash.Finish(), bytes, packer.entries(), packer.skipped()};
}

}  // namespace runtime::layer
