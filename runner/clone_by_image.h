// The files of a checkout as the git of an image writes them (`clone: {image: …}`): with its
// filters and settings, such as git-crypt's. Nothing is fetched by it, so it is given no
// credential: all that it reads is the checkout's history.
#pragma once

#include <string>

#include "pipeline/step_backend.h"
#include "runner/step_spec.h"
#include "runtime/container/host.h"
#include "runtime/image/image_store.h"

namespace runner {

// The layer of the files, to be put upon `history`, a `.git` directory alone: "clone-HEX", by the
// image and the history. It is made once. `image` is unpacked. Throws Error: kInvalid when git
// fails.
runtime::layer::LayerId CloneByImage(runtime::container::Host& host,
                                     const runtime::image::ImageStore& images,
                                     const runtime::image::Image& image,
                                     const pipeline::CloneSpec& clone,
                                     const runtime::layer::LayerId& history,
                                     const RunContainer& run);

}  // namespace runner
