// Building an image without running anything: a base, files copied on top, and what the config
// says.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "runtime/image/config_changes.h"
#include "runtime/image/image_store.h"
#include "runtime/layer/copy.h"

namespace runtime::image {

// One copy, as layer::CopyTree reads `source` and `target`.
struct ImageCopy {
  int view = -1;       // directory that `source` is read beneath; the caller's
  std::string source;  // "out/" (its content) or "out" (itself)
  std::string target;  // in the image; links of the base are followed inside the image
  // Docker's COPY gives everything to root; nothing: as in the source.
  std::optional<layer::CopyOptions::Owner> owner = layer::CopyOptions::Owner{0, 0};
  std::set<std::string> leave_out = {};  // as layer::CopyOptions has it
};

struct BuildOptions {
  std::vector<ImageCopy> copies;
  ConfigChanges changes;
  // Seconds since 1970, for config and history; later times in the layer become this one.
  int64_t created = 0;
};

// One layer with all copies on top of the base (none when there are no copies), the base's config
// with the changes applied, one more line of history. Directories of the base keep their modes and
// owners. The same input yields the same digest. The layer is unpacked when this returns; the image
// has no name yet. Throws Error and leaves no image then: kUsage when there is neither a base nor a
// copy, kNotFound when a source is missing, kInvalid when a directory would replace another thing,
// kCancelled after a stop.
Image BuildImage(const ImageStore& store, const std::optional<Image>& base,
                 const BuildOptions& options, const std::stop_token& stop = {});

struct CommitOptions {
  ConfigChanges changes = {};
  int64_t created = 0;          // as BuildOptions has it
  std::string created_by = {};  // this, message and author go to the history
  std::string message = {};
  std::string author = {};
  std::set<std::string> leave_out = {};  // as layer::PackOptions has it
};

// The base with one more layer: `directory` as overlayfs left it (a container's upper), which is
// read and stays as it is; nobody may write to it meanwhile. `config` is the base's, or another
// that the changes apply to; its layers are the base's. The layer
// is unpacked when this returns; the image has no name yet. Throws Error.
Image CommitLayer(const ImageStore& store, const Image& base, ImageConfig config,
                  const std::filesystem::path& directory, const CommitOptions& options);

}  // namespace runtime::image
