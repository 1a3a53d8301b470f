// Packer: entries of a directory become members of an archive.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/digest.h"
#include "runtime/layer/tar_writer.h"
#include "runtime/layer/tree_walk.h"

namespace runtime::layer {

// What the entries are: those of a layer, as overlayfs leaves them, with its marks; or of a tree,
// where a file is what it is called.
enum class Meaning { kLayer, kTree };

// Gets each entry once all of it is in the archive; `content` is the digest of a file's.
using EntrySink =
    std::function<void(const TarEntry& entry, const std::optional<base::Digest>& content)>;

// One thread. Follows no link, also when the tree changes meanwhile. Skips sockets and devices.
class Packer {
 public:
  struct Limits {
    std::optional<int64_t> max_mtime;  // in seconds since 1970; later times become this one
    uint64_t max_bytes = 32ull << 30;  // sum of the files' sizes, holes included
  };

  // `entries` may be null: then nothing is hashed.
  Packer(TarWriter& writer, Meaning meaning, const Limits& limits, EntrySink entries = nullptr);

  // Throws Error: kInvalid for what an archive can't say and over the limit, kUnsupported for what
  // overlayfs keeps elsewhere (redirects, metadata-only copies).
  void Add(const TreeWalk::Entry& found);
  // A file or directory that is open; `path` is its name in the archive.
  void AddOpen(int fd, const struct stat& st, const std::string& path);

  uint64_t entries() const { return entries_; }
  uint64_t skipped() const { return skipped_; }

 private:
  TarEntry Describe(const struct stat& st, const std::string& path) const;
  void Put(const TarEntry& entry);
  void AddMark(std::string path);
  void AddDirectory(int fd, TarEntry entry);
  void AddFile(int fd, const struct stat& st, TarEntry entry);
  void AddOrLink(const struct stat& st, TarEntry entry);
  bool LinkedBefore(const struct stat& st, TarEntry& entry);
  void RequireWhole(int fd) const;
  std::optional<base::Digest> CopyContent(int fd, uint64_t left);

  TarWriter& writer_;
  Meaning meaning_;
  Limits limits_;
  EntrySink sink_;
  std::vector<char> buffer_;
  std::map<std::pair<dev_t, ino_t>, std::string> first_names_;
  uint64_t bytes_ = 0;
  uint64_t entries_ = 0;
  uint64_t skipped_ = 0;
};

}  // namespace runtime::layer
