// Unpack: a layer's archive becomes a directory that overlayfs can stack.
//
// The archive is hostile (SECURITY "Images and registries"): every entry lands beneath the
// directory or the archive is refused with the entry or the limit that broke it.
#pragma once

#include <cstdint>
#include <filesystem>

#include "runtime/base/digest.h"
#include "runtime/layer/decompress.h"
#include "runtime/layer/layer_path.h"

namespace runtime::layer {

struct UnpackLimits {
  uint64_t max_bytes = 32ull << 30;  // of the uncompressed archive, and of all files' sizes
  uint64_t max_entries = 4'000'000;
  // Uncompressed to compressed bytes, once more than `ratio_from` bytes came out.
  uint64_t max_ratio = 100;
  uint64_t ratio_from = 1ull << 30;
  PathLimits paths;
};

struct UnpackResult {
  base::Digest diff_id;        // of the uncompressed archive, whole
  uint64_t archive_bytes = 0;  // uncompressed
  uint64_t content_bytes = 0;  // sum of the files' sizes
  uint64_t entries = 0;
  uint64_t skipped_devices = 0;
  uint64_t dropped_attributes = 0;
  uint64_t squashed_owners = 0;  // of other users, now root's: a process with one id
};

// Reads a tar archive (plain, gzip or zstd) to its end and writes it to `directory`, which is made
// when missing (mode 0755). Whiteouts become what overlayfs reads; device nodes are skipped, and
// extended attributes other than user.* and security.capability (trusted.* are refused). Needs
// root for owners, whiteouts and set ids that aren't the caller's.
//
// On an Error the directory holds a part of the layer: it's the caller's draft, to be dropped.
// kInvalid: damaged, refused or over a limit. Flushes nothing.
UnpackResult Unpack(ByteSource source, const std::filesystem::path& directory,
                    const UnpackLimits& limits = {});

}  // namespace runtime::layer
