// What a verb that runs containers here begins with.
#pragma once

#include <memory>

#include "runtime/base/state_dir.h"
#include "runtime/container/host.h"

namespace runner {

// The host, with what crashed runs and containers left swept away. To be called before the process
// has threads. Throws Error.
std::unique_ptr<runtime::container::Host> OpenSweptHost(const runtime::base::StateDir& state);

}  // namespace runner
