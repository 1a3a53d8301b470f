// The host's end of a published port.
#pragma once

#include "runtime/base/fd.h"
#include "runtime/network/published_port.h"

namespace runtime::network {

// A socket of the network that the calling thread is in, bound and for TCP listening, which doesn't
// block. Where several ports would do, `rather` is tried first unless that is 0. `port` becomes
// what it is bound to. Throws Error that says what to do, when somebody else has the port for
// instance.
base::UniqueFd BindPublishedPort(PublishedPort& port, uint16_t rather = 0);

}  // namespace runtime::network
