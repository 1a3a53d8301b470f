// CopyTree: files from one tree into another, neither of which is trusted.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/layer/tree_walk.h"

namespace runtime::layer {

struct CopyOptions {
  struct Owner {
    uint32_t uid = 0;
    uint32_t gid = 0;
  };
  std::optional<Owner> owner;  // of all that is copied; nothing: as in the source
  // Permission bits that are kept; 0777 drops the set-id and sticky bits.
  unsigned mode_mask = 07777;
  uint64_t max_bytes = 32ull << 30;  // sum of the files' sizes, holes included
  TreeLimits tree;
  std::set<std::string> leave_out = {};  // paths in the directory that is copied
  // Layers on one file system that nobody writes to: whatever isn't a directory becomes a hard link
  // to the source's, sockets and devices too, and directories keep what overlayfs marked them with.
  bool link = false;
};

struct CopyResult {
  uint64_t files = 0;    // links and FIFOs too
  uint64_t bytes = 0;    // of the files' sizes
  uint64_t skipped = 0;  // sockets and device nodes
};

// Copies `from` beneath the directory `from_root` to `to` beneath `to_root`:
//   file or dir  ->  path      it becomes `path`
//   file or dir  ->  path/     it becomes `path/NAME`
//   dir/         ->  path      the directory's content goes into the directory `path`
// A directory merges with one that stands there; a file or link replaces a file or link. Keeps
// modes, times, links as links, hard links within the copy, holes, and the extended attributes that
// a layer may carry. Missing directories above `to` are made (mode 0755, `owner`).
//
// Links in `from` and above `to` mean what they mean with the root as "/"; no link is followed
// further down, also when the trees change meanwhile. Throws Error: kNotFound when `from` is
// missing, kInvalid over a limit and when a directory and another thing meet, kCancelled after a
// stop; what was copied until then stays.
CopyResult CopyTree(int from_root, std::string_view from, int to_root, std::string_view to,
                    const CopyOptions& options = {}, const std::stop_token& stop = {});

// All of the layer `from` (its directories, lowest first, as LayerStore has them) as links
// (CopyOptions::link) in the directory `path` beneath `to`, which is made when it is missing and
// merges with what stands there otherwise.
void LinkLayer(const std::vector<std::filesystem::path>& from, const std::filesystem::path& to,
               std::string_view path = "/");

}  // namespace runtime::layer
