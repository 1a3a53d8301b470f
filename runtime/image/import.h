// Importing a root file system: one archive or directory becomes an image of one layer.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "runtime/image/config_changes.h"
#include "runtime/image/image_store.h"

namespace runtime::image {

struct ImportOptions {
  ConfigChanges changes;
  std::string message;  // the history's comment
  // In seconds since 1970, for the config; later times in the layer become this one. Nothing: the
  // newest file's time, so that equal input gives an equal image at any time.
  std::optional<int64_t> created;
};

// A tar archive (plain, gzip or zstd), read to its end; `fd` stays the caller's. The layer is
// unpacked when this returns; the image has no name yet. Throws Error, and leaves nothing then.
Image ImportTar(const ImageStore& store, int fd, const ImportOptions& options);

// A directory's content, with owners and modes as they are.
Image ImportDirectory(const ImageStore& store, const std::filesystem::path& directory,
                      const ImportOptions& options);

}  // namespace runtime::image
