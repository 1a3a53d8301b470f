// Copies between trees that no one process may touch both of, as tar streams: GiveTree() is the
// side of the source, TakeTree() that of the target, and a stream that is kept is an archive.
//
// Neither tree is trusted, nor is the stream: links in a path mean what they mean with the tree's
// root as "/" (openat2(2), RESOLVE_IN_ROOT), none is followed below, and nothing leads out, also
// when the trees change meanwhile. The rules for paths are those of `docker cp`.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "runtime/layer/decompress.h"
#include "runtime/layer/gzip.h"

namespace runtime::layer {

// Whether a source of this path is a directory's content and not the directory itself: "a/.", "/".
bool NamesContent(const std::string& path);

// The first member is what `path` beneath `root` is, by its last name (a directory's content goes
// below "."); all that is in it follows. A link there is itself, unless `follow` is set or the path
// ends in a slash. Device nodes, sockets, and the content of the kernel's own file systems (/proc)
// are left out. Throws Error: kNotFound when nothing is there.
void GiveTree(int root, const std::string& path, bool follow, const ByteSink& sink);

struct TakeOptions {
  // The first member, a directory, isn't made itself: its content is taken.
  bool content_only = false;
  // Not a copy of one thing but any archive: its members go below the directory of that path.
  bool extract = false;
  struct Owner {
    uid_t uid = 0;
    gid_t gid = 0;
  };
  // Of all that is taken, which drops set-id bits and file capabilities; nothing: as in the stream.
  std::optional<Owner> owner;
  uint64_t max_bytes = 32ull << 30;  // of the stream
  uint64_t max_entries = 4'000'000;
};

// Reads the stream (plain, gzip or zstd) to its end. What it is of goes to `path` beneath `root`:
//   a directory is there            it becomes PATH/NAME, or its content goes into it
//   a file is there                 a file takes its place; a directory is refused
//   nothing, but the one above      it becomes PATH; a file is refused when that ends in a slash
// A link there is followed. Directories merge; a file or link replaces a file or link. Throws
// Error; what was taken until then stays.
void TakeTree(ByteSource source, int root, const std::string& path, const TakeOptions& options);

}  // namespace runtime::layer
