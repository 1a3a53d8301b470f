// The monitor as a process: how a command makes one, and what that one does first.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "runtime/base/fd.h"
#include "runtime/lifecycle/life_lock.h"
#include "runtime/lifecycle/store.h"

namespace runtime::lifecycle {

// `runner container` with this word is a monitor.
inline constexpr char kMonitorWord[] = "monitor";

// Starts this program again as the monitor of that container, in a session of its own, with nothing
// of ours but the lock and the connection that is answered: for Order::kStart. Throws Error.
base::UniqueFd StartMonitor(const Store& store, const std::string& id, LifeLock lock);

// What follows kMonitorWord; the program that serves networks. Returns the exit code of the
// process.
int MonitorMain(const std::vector<std::string>& arguments,
                const std::filesystem::path& network_helper);

}  // namespace runtime::lifecycle
