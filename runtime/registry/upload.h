// One blob from the store to a registry.
#pragma once

#include <string>

#include "runtime/image/image_store.h"
#include "runtime/registry/session.h"
#include "runtime/registry/transfers.h"

namespace runtime::registry {

// Uploads the blob in one piece unless the repository has it. `mount_from` is another repository of
// the same registry that may have it ("" for none): then nothing is sent. Throws Error.
void Upload(Session& session, const image::ImageStore& store, const image::Descriptor& blob,
            const std::string& mount_from, Transfers& transfers);

}  // namespace runtime::registry
