// Writing images for other tools: an OCI image layout (image-layout.md) that is a docker archive as
// well, since it has a manifest.json that names the same blobs.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "runtime/image/image_store.h"

namespace runtime::image {

struct SavedImage {
  Image image;
  std::string name;  // "host/path:tag"; may be empty
};

// Equal images give an equal archive. Every blob is checked on its way out: Error (kInvalid) when
// one is damaged, and what was written then is no archive.
void SaveTar(const ImageStore& store, const std::vector<SavedImage>& images, int fd);

// Into `directory`, which must be missing or empty (kExists), and is empty again after an Error.
void SaveDirectory(const ImageStore& store, const std::vector<SavedImage>& images,
                   const std::filesystem::path& directory);

}  // namespace runtime::image
