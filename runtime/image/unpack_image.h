// EnsureUnpacked: an image's layers, ready to be mounted.
#pragma once

#include <stop_token>

#include "runtime/image/image.h"
#include "runtime/image/image_store.h"

namespace runtime::image {

// Unpacks every layer that isn't unpacked yet. Two processes (or threads) that want the same layer
// unpack it once. A blob whose digest or size, or whose content's diffID, isn't the announced one
// is refused (kInvalid) and leaves nothing. After a stop: Error (kCancelled), and whole layers
// only. Costs one look a layer when there is nothing to do.
void EnsureUnpacked(const ImageStore& store, const Image& image, const std::stop_token& stop = {});

// The same before the manifest exists: `blobs` and `diff_ids` lowest first, of equal number.
void EnsureUnpacked(const ImageStore& store, const std::vector<Descriptor>& blobs,
                    const std::vector<base::Digest>& diff_ids, const std::stop_token& stop = {});

}  // namespace runtime::image
