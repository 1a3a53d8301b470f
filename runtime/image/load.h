// Reading images from archives of other tools: OCI image layouts (image-layout.md) and docker
// archives (manifest.json beside layers and configs, as `docker save` writes them).
#pragma once

#include <filesystem>
#include <stop_token>
#include <vector>

#include "runtime/image/image_store.h"
#include "runtime/image/layout_source.h"
#include "runtime/image/reference.h"

namespace runtime::image {

struct LoadedImage {
  Image image;
  std::vector<Reference> names;  // what the archive calls it; may be none
};

// Loads, verifies, unpacks and tags every image of the archive that is for this machine. Everything
// in the archive is untrusted. An image is there only once all its digests and diffIDs were
// found right; on an Error what this call has written is removed again.
std::vector<LoadedImage> LoadTar(const ImageStore& store, int fd, const ArchiveLimits& limits = {});
std::vector<LoadedImage> LoadDirectory(const ImageStore& store,
                                       const std::filesystem::path& directory);

// One image alone, untagged: the manifest of that digest, and what it names. Error (kNotFound) when
// the archive has no such manifest.
Image LoadByDigest(const ImageStore& store, LayoutSource& source, const base::Digest& manifest,
                   const std::stop_token& stop = {});

}  // namespace runtime::image
