// From a layer's directory to the blob of an image, and its diffID.
#pragma once

#include <filesystem>
#include <set>
#include <stop_token>
#include <string>

#include "runtime/image/image_store.h"

namespace runtime::image {

struct PackedLayer {
  Descriptor blob;
  base::Digest diff_id;
};

// Packs what overlayfs reads as a layer into a new blob. Later times than `max_mtime` (seconds
// since 1970) become that time; `leave_out` as layer::PackOptions has it. An equal directory gives
// an equal blob. Throws Error, kCancelled after a stop, and leaves no blob then.
PackedLayer PackLayer(const ImageStore& store, const std::filesystem::path& directory,
                      int64_t max_mtime, const std::stop_token& stop = {},
                      const std::set<std::string>& leave_out = {});

// The newest modification time of a file or link below `directory`, in seconds since 1970; 0 when
// there is none. Directories don't count: an archive needn't have them.
int64_t NewestTime(const std::filesystem::path& directory);

// Makes a draft that was an upper directory into what Unpack would make of its archive: times as in
// PackLayer, and without the attributes by which overlayfs remembers where a copy came from.
void Normalize(const std::filesystem::path& directory, int64_t max_mtime,
               const std::stop_token& stop = {});

}  // namespace runtime::image
