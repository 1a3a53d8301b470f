#include "runtime/layer/tree_archive.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <algorithm>
#include <iterator>

#include "runtime/base/beneath.h"
#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"
#include "runtime/layer/layer_writer.h"
#include "runtime/layer/packer.h"
#include "runtime/layer/tar_reader.h"
#include "runtime/layer/tree_walk.h"

namespace runtime::layer {
using base::Error;
using base::ErrorKind;
using base::Links;
using base::UniqueFd;
namespace {

constexpr int kMostLinks = 40;  // as path_resolution(7)

struct Split {
  std::string parent;  // "" is the root
  std::string name;
};

bool EndsAsDirectory(const std::string& path) {
  return path.empty() || path.ends_with('/') || path.ends_with("/.") || path == ".";
}

// "/a/b/" and "a/b/." are parent "/a", name "b"; the root and ".." are their own parent, name ".".
Split SplitPath(std::string path) {
  while (!path.empty() && EndsAsDirectory(path)) {
    path.pop_back();
  }
  const size_t slash = path.rfind('/');
  Split split = {slash == std::string::npos ? "" : path.substr(0, slash),
                 slash == std::string::npos ? path : path.substr(slash + 1)};
  if (split.name.empty() || split.name == "..") {
    return {path, "."};
  }
  return split;
}

// "" is the root itself.
UniqueFd Open(int root, const std::string& path, int flags) {
  return base::OpenBeneath(root, path.empty() ? "." : path, flags, Links::kInRoot);
}

UniqueFd OpenDirectoryBelow(int root, const std::string& path) {
  return Open(root, path, O_RDONLY | O_DIRECTORY);
}

struct stat StatOf(int fd) {
  struct stat st;
  if (::fstat(fd, &st) != 0) {
    throw Error::FromErrno("look at it");
  }
  return st;
}

// /proc and its like: what can be read there isn't files, and never ends.
bool IsOfTheKernel(const TreeWalk::Entry& entry) {
  const UniqueFd fd(
      ::openat(entry.parent, entry.name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct statfs file_system;
  if (!fd || ::fstatfs(fd.get(), &file_system) != 0) {
    return true;
  }
  constexpr long kTypes[] = {PROC_SUPER_MAGIC,    SYSFS_MAGIC,        CGROUP_SUPER_MAGIC,
                             CGROUP2_SUPER_MAGIC, DEVPTS_SUPER_MAGIC, 0x19800202 /* mqueue */};
  return std::find(std::begin(kTypes), std::end(kTypes), file_system.f_type) != std::end(kTypes);
}

// Those that vanish meanwhile are left out.
void GiveContent(Packer& packer, int directory, const std::string& name) {
  const dev_t device = StatOf(directory).st_dev;
  TreeWalk walk(directory);
  for (TreeWalk::Entry entry; walk.Next(entry);) {
    if (entry.is_directory() && entry.st.st_dev != device && IsOfTheKernel(entry)) {
      walk.SkipContent();
    }
    entry.path = name + "/" + entry.path;
    try {
      base::WithContext(base::ForMessage(entry.path), [&] { packer.Add(entry); });
    } catch (const Error& e) {
      if (e.errno_value() != ENOENT) {
        throw;
      }
    }
  }
}

void Give(Packer& packer, int root, const std::string& path, bool follow) {
  const Split split = SplitPath(path);
  TreeWalk::Entry entry;
  const UniqueFd parent = OpenDirectoryBelow(root, split.parent);
  if (::fstatat(parent.get(), split.name.c_str(), &entry.st, AT_SYMLINK_NOFOLLOW) != 0) {
    throw Error::FromErrno("look at it");
  }
  const bool link = S_ISLNK(entry.st.st_mode);
  if (!entry.is_directory() && !(link && (follow || EndsAsDirectory(path)))) {
    if (EndsAsDirectory(path)) {
      throw Error(ErrorKind::kInvalid, "it isn't a directory");
    }
    if (!link && !S_ISREG(entry.st.st_mode)) {
      throw Error(ErrorKind::kInvalid, "neither a file, a directory nor a link");
    }
    entry.path = entry.name = split.name;
    entry.parent = parent.get();
    packer.Add(entry);
    return;
  }
  // Neither waits at a FIFO nor takes a terminal; what it is shows after.
  const UniqueFd fd = Open(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  const struct stat st = StatOf(fd.get());
  if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode)) {
    throw Error(ErrorKind::kInvalid, "neither a file nor a directory");
  }
  const std::string name = NamesContent(path) ? "." : split.name;
  packer.AddOpen(fd.get(), st, name);
  if (S_ISDIR(st.st_mode)) {
    GiveContent(packer, fd.get(), name);
  }
}

// Where the stream goes: `name` in `directory`, or into it when that is empty.
struct Place {
  UniqueFd directory;
  std::string name;
};

// The path with links in its last part followed, whether or not the last is there.
std::string FollowLast(int root, std::string path) {
  for (int links = 0; links < kMostLinks; ++links) {
    const Split split = SplitPath(path);
    const UniqueFd parent = OpenDirectoryBelow(root, split.parent);
    struct stat st;
    if (::fstatat(parent.get(), split.name.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISLNK(st.st_mode)) {
      return split.parent + "/" + split.name;
    }
    const std::string target = ReadLinkAt(parent.get(), split.name);
    path = target.starts_with('/') ? target : split.parent + "/" + target;
  }
  throw Error(ErrorKind::kInvalid, "too many links", ELOOP);
}

Place FindPlace(int root, const std::string& path, const TarEntry& first,
                const TakeOptions& options) {
  if (options.extract) {
    return {OpenDirectoryBelow(root, path), ""};
  }
  const bool is_directory = first.type == EntryType::kDirectory;
  const std::string name = SplitPath(first.path).name;
  UniqueFd there;
  try {
    there = Open(root, path, O_PATH);
  } catch (const Error& e) {
    if (e.errno_value() != ENOENT) {
      throw;
    }
  }
  if (there && S_ISDIR(StatOf(there.get()).st_mode)) {
    return {OpenDirectoryBelow(root, path), is_directory && options.content_only ? "" : name};
  }
  if (there && is_directory) {
    throw Error(ErrorKind::kInvalid, "a directory can't take the place of a file", ENOTDIR);
  }
  if (!there && !is_directory && EndsAsDirectory(path)) {
    throw Error(ErrorKind::kNotFound, "no such directory", ENOENT);
  }
  const Split split = SplitPath(FollowLast(root, path));
  return {OpenDirectoryBelow(root, split.parent), split.name};
}

// Puts the members of a stream where they go.
class Taker {
 public:
  Taker(const Place& place, const TakeOptions& options)
      : place_(place), options_(options), writer_(place.directory.get(), {}, Meaning::kTree) {}

  void Add(TarEntry entry, const LayerWriter::Content& content) {
    if (++entries_ > options_.max_entries) {
      throw Error(ErrorKind::kInvalid,
                  "over the limit of " + std::to_string(options_.max_entries) + " entries");
    }
    // A sparse file's size costs the stream nothing.
    if (entry.size > 0 && static_cast<uint64_t>(entry.size) > options_.max_bytes - bytes_) {
      throw Error(ErrorKind::kInvalid,
                  "over the limit of " + std::to_string(options_.max_bytes) + " bytes in files");
    }
    bytes_ += static_cast<uint64_t>(std::max<int64_t>(entry.size, 0));
    if (!options_.extract) {
      entry.path = Renamed(entry.path);
      if (entry.type == EntryType::kHardLink) {
        entry.link = Renamed(entry.link);
      }
    }
    if (entry.type == EntryType::kDirectory && IsPlace(entry.path)) {
      return;  // It was there before, and keeps its owner and mode.
    }
    if (options_.owner) {
      entry.uid = options_.owner->uid;
      entry.gid = options_.owner->gid;
      entry.mode &= 01777;
      std::erase_if(entry.attributes, [](const Attribute& attribute) {
        return !attribute.name.starts_with("user.");
      });
    }
    writer_.Add(entry, content);
  }

  void Finish() { writer_.Finish(); }

 private:
  static bool IsPlace(const std::string& path) {
    return path.empty() || path == "/" || path == "." || path == "./";
  }

  // With another first part.
  std::string Renamed(const std::string& path) const {
    const size_t slash = path.find('/');
    const std::string rest = slash == std::string::npos ? "" : path.substr(slash + 1);
    return place_.name.empty() ? rest : place_.name + (rest.empty() ? "" : "/" + rest);
  }

  const Place& place_;
  const TakeOptions& options_;
  LayerWriter writer_;
  uint64_t entries_ = 0;
  uint64_t bytes_ = 0;
};

}  // namespace

bool NamesContent(const std::string& path) {
  return path.empty() || path == "." || path.ends_with("/.") || SplitPath(path).name == ".";
}

void GiveTree(int root, const std::string& path, bool follow, const ByteSink& sink) {
  TarWriter writer(sink);
  Packer packer(writer, Meaning::kTree, {});
  base::WithContext("read " + base::ForMessage(path), [&] { Give(packer, root, path, follow); });
  writer.Finish();
}

void TakeTree(ByteSource source, int root, const std::string& path, const TakeOptions& options) {
  const auto decompressor = MakeDecompressor(std::move(source));
  uint64_t bytes = 0;
  TarReader reader([&] {
    const std::string_view data = decompressor->Next();
    bytes += data.size();
    if (bytes > options.max_bytes) {
      throw Error(ErrorKind::kInvalid,
                  "over the limit of " + std::to_string(options.max_bytes) + " bytes");
    }
    return data;
  });
  base::WithContext("write " + base::ForMessage(path), [&] {
    TarEntry entry;
    const bool any = reader.Next(entry);
    if (!any && !options.extract) {
      throw Error(ErrorKind::kInvalid, "nothing came to be copied");
    }
    const Place place = FindPlace(root, path, entry, options);
    Taker taker(place, options);
    const auto content = [&](TarReader::Block& block) { return reader.NextBlock(block); };
    for (bool more = any; more; more = reader.Next(entry)) {
      taker.Add(entry, content);
    }
    taker.Finish();
    while (!decompressor->Next().empty()) {  // The padding: whoever writes it isn't cut off.
    }
  });
}

}  // namespace runtime::layer
