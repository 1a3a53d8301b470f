// What networks need of a host, tried and not guessed: lines of `runner doctor`.
#pragma once

#include <vector>

#include "runtime/container/host_check.h"

namespace runtime::network {

// Changes nothing. Never throws: what can't be tried is a check that isn't good.
std::vector<container::HostCheck> CheckNetworks();

}  // namespace runtime::network
