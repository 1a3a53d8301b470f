// Pack: a layer's directory becomes its archive, the way back from Unpack.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "runtime/base/digest.h"
#include "runtime/layer/gzip.h"
#include "runtime/layer/packer.h"

namespace runtime::layer {

struct PackOptions {
  // Later times become this one, in seconds since 1970
  // (https://reproducible-builds.org/specs/source-date-epoch/).
  std::optional<int64_t> max_mtime;
  uint64_t max_bytes = 32ull << 30;  // sum of the files' sizes, holes included
  // Paths of entries that don't go into the archive; what is in a directory of them does.
  std::set<std::string> leave_out = {};
  EntrySink entries = nullptr;  // gets each, in the archive's order; null: nobody wants them
};

struct PackResult {
  base::Digest diff_id;        // of the uncompressed archive
  uint64_t archive_bytes = 0;  // uncompressed
  uint64_t entries = 0;
  uint64_t skipped = 0;  // sockets and device nodes
};

// Streams the gzipped archive of a directory as overlayfs leaves it in an upper directory:
// whiteouts and opaque marks become ".wh." entries (OCI image specification, layer.md). Sorted,
// whole seconds, numeric owners: an equal directory gives an equal archive. The directory's own
// attributes aren't part of it. Nobody may write to it meanwhile.
//
// A null sink gets nothing: the result's diffID is what counts.
//
// Throws Error; kInvalid for a file whose name reads as a whiteout, for paths too long to be
// unpacked and over the limit, kUnsupported for what overlayfs keeps elsewhere (redirects,
// metadata-only copies), kCancelled after a stop.
PackResult Pack(const std::filesystem::path& directory, const ByteSink& sink,
                const PackOptions& options = {}, const std::stop_token& stop = {});

// The same of a stack of directories, lowest first: the archive is that of one directory with what
// the stack shows, and has no whiteouts.
PackResult Pack(const std::vector<std::filesystem::path>& stack, const ByteSink& sink,
                const PackOptions& options = {}, const std::stop_token& stop = {});

}  // namespace runtime::layer
