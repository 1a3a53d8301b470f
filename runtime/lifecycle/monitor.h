// Monitor: the process that a kept container lives in. It is the container's parent, so that the
// container ends with it; it keeps the log, the terminal and the exit status, does what commands
// ask for over the control socket, and starts the container again where its policy says so.
//
// It outlives the command that started it and ends with the container. It sleeps while nothing
// happens, and is small: every running container has one.
#pragma once

#include <string>

#include "runtime/base/fd.h"
#include "runtime/lifecycle/life_lock.h"
#include "runtime/lifecycle/store.h"

namespace runtime::lifecycle {

// The whole life of such a process, which is to be single-threaded and of its own session. `client`
// is the connection of whoever asks for the start; without that it ends at once. What fails before
// the container runs is told there. Never throws.
void RunMonitor(const Store& store, const std::string& id, LifeLock lock,
                base::UniqueFd client) noexcept;

}  // namespace runtime::lifecycle
