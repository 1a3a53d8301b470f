// LayerWriter: puts the entries of an archive on disk: a layer's as overlayfs wants them, a tree's
// as they are.
//
// Nothing outside the directory is touched, whatever the entries say: a parent is resolved with the
// layer as "/" (openat2(2)), its last name is never followed, and an entry that is in the way is
// removed, never written through; of a tree, only where both are directories or neither is. Entries
// are hostile; a layer's directory is the caller's alone, a tree's needn't be.
#pragma once

#include <cstdint>
#include <functional>

#include "runtime/layer/directory_cache.h"
#include "runtime/layer/layer_path.h"
#include "runtime/layer/packer.h"
#include "runtime/layer/tar_reader.h"

namespace runtime::layer {

class LayerWriter {
 public:
  // The next part of a file's content; false at its end.
  using Content = std::function<bool(TarReader::Block& block)>;

  LayerWriter(int root, const PathLimits& limits, Meaning meaning = Meaning::kLayer);

  // Throws Error: kInvalid for an entry that is refused, kPermission where a right is missing.
  void Add(const TarEntry& found, const Content& content);

  // Gives directories their modification times. The last call.
  void Finish() { parents_.Clear(); }

  uint64_t skipped_devices() const { return skipped_devices_; }
  uint64_t dropped_attributes() const { return dropped_attributes_; }
  uint64_t squashed_owners() const { return squashed_owners_; }

 private:
  void AddRoot(const TarEntry& entry);
  void AddWhiteout(const LayerPath& path);
  void AddDirectory(const LayerPath& path, const TarEntry& entry);
  void AddFile(const LayerPath& path, const TarEntry& entry, const Content& content);
  void AddSymlink(const LayerPath& path, const TarEntry& entry);
  void AddFifo(const LayerPath& path, const TarEntry& entry);
  void AddHardLink(const LayerPath& path, const TarEntry& entry);

  // Runs `make` (0, or -1 and errno) on the parent's descriptor; when the name is taken, removes
  // what has it and runs `make` again.
  template <typename Make>
  DirectoryCache::Handle Replace(const LayerPath& path, Make make);
  void RemoveEntry(int parent, const std::string& name) const;
  // Owner, mode, attributes and time, in the order in which they don't undo each other.
  void SetMetadata(int fd, const struct stat& parent, const TarEntry& entry);
  void CheckOwner(const TarEntry& entry) const;
  // The entry as this process can write it: where there is root alone, everything is root's.
  TarEntry Squashed(TarEntry entry);

  int root_;
  PathLimits limits_;
  Meaning meaning_;
  DirectoryCache parents_;
  uint64_t skipped_devices_ = 0;
  uint64_t dropped_attributes_ = 0;
  const bool only_root_;
  uint64_t squashed_owners_ = 0;
};

}  // namespace runtime::layer
