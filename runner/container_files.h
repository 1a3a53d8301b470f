// The files of a kept container as its programs see them, volumes included, whether it runs or not.
#pragma once

#include <functional>
#include <string>

#include "runtime/container/inside.h"
#include "runtime/lifecycle/store.h"

namespace runner {

// Calls `act` with the files of the container of that id. One that doesn't run is set up for that
// time as at its start, without its program; nobody can start or remove it meanwhile. To be called
// by a process that has one thread. Throws Error, also what `act` throws.
void WithFiles(const runtime::lifecycle::Store& store, const std::string& id,
               const std::function<void(const runtime::container::Inside&)>& act);

}  // namespace runner
