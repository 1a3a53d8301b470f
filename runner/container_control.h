// Requests to the monitors of kept containers, and verbs that do one thing to several containers.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/fd.h"
#include "runtime/lifecycle/control.h"
#include "runtime/lifecycle/store.h"

namespace runner {

// A connection to the monitor of a container that lives; nothing when it doesn't. Waits while it is
// being started. Throws Error.
std::optional<runtime::base::UniqueFd> ConnectTo(const runtime::lifecycle::Store& store,
                                                 const std::string& id);

// The same, but for the Error (kUnavailable): "container X isn't running".
runtime::base::UniqueFd ConnectToRunning(const runtime::lifecycle::Store& store,
                                         const std::string& id);

// Sends an order that is answered at the container's end, and waits for that: its exit code. One
// that doesn't live has ended.
int AwaitEnd(const runtime::lifecycle::Store& store, const std::string& id,
             const runtime::lifecycle::Request& request);

// Calls `act` with the id for each of these names; goes on after an Error, which is told on
// standard error. The exit code of the verb.
int ForEach(const runtime::lifecycle::Store& store, const std::vector<std::string>& names,
            const std::function<void(const std::string& name, const std::string& id)>& act);

}  // namespace runner
