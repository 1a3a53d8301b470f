// Kernel parameters of a container's own: those that its network and IPC namespaces hold.
#pragma once

#include <string>
#include <string_view>

#include "runtime/container/container_spec.h"

namespace runtime::container {

// "NAME=VALUE" as in sysctl(8): net.* of a network of its own, the System V parameters of
// kernel.* and fs.mqueue.*. Throws Error (kUsage) for every other: it would be the host's.
Sysctl ParseSysctl(std::string_view text, Network network);

}  // namespace runtime::container
