// Which blobs are manifests: an image is there when its manifest is, so that the blobs themselves
// are the list of all images, named or not.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "runtime/base/state_dir.h"
#include "runtime/image/image.h"

namespace runtime::image {

// The descriptor of this blob when it is there and is an image manifest. Error (kInvalid) when it
// is one but damaged.
std::optional<Descriptor> DescribeManifestBlob(const base::StateDir& state,
                                               const base::Digest& digest);

// All manifests whose hex digits begin with `prefix`, sorted. Looks into no blob of another prefix.
std::vector<base::Digest> ListManifestBlobs(const base::StateDir& state,
                                            std::string_view prefix = {});

}  // namespace runtime::image
