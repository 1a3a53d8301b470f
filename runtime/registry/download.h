// One blob from a registry into the store.
#pragma once

#include "runtime/image/image_store.h"
#include "runtime/registry/session.h"
#include "runtime/registry/transfers.h"

namespace runtime::registry {

// Fetches the blob unless the store has it. Goes on where a cut download ended; size and digest are
// checked over the whole. Of several processes that want one blob, one fetches it. Throws Error.
void Download(Session& session, const image::ImageStore& store, const image::Descriptor& blob,
              Transfers& transfers);

}  // namespace runtime::registry
