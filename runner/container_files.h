// The files of a kept container as its programs see them, volumes included, whether it runs or not.
#pragma once

#include <functional>
#include <string>

#include "runtime/container/inside.h"
#include "runtime/lifecycle/store.h"

namespace runner {

// Calls `act` with the files of the container of that id. One that doesn't run is set up for that
// time as at its start, without its program; nobody can start or remove it meanwhile, nor see its
// files: what may wait for another command belongs into `before_lock`, which is called once before
// that. To be called by a process that has one thread. Throws Error, also what `act` and
// `before_lock` throw.
void WithFiles(const runtime::lifecycle::Store& store, const std::string& id,
               const std::function<void(const runtime::container::Inside&)>& act,
               std::function<void()> before_lock = {});

}  // namespace runner
