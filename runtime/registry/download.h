// One blob from a registry into the store.
#pragma once

#include <stop_token>

#include "runtime/image/image_store.h"
#include "runtime/registry/session.h"
#include "runtime/registry/transfers.h"

namespace runtime::registry {

// Fetches the blob unless the store has it. Goes on where a cut download ended; size and digest are
// checked over the whole. Of several processes that want one blob, one fetches it; `stop` ends the
// wait for it, as it ends what `session` does. Throws Error.
void Download(Session& session, const image::ImageStore& store, const image::Descriptor& blob,
              Transfers& transfers, const std::stop_token& stop);

}  // namespace runtime::registry
