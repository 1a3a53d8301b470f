// A kept container as people and programs see it, with docker's names for what docker has.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

#include "runtime/lifecycle/store.h"

namespace runner {

// "Up 4 min 05 s", "Exited (0) 3.1 s ago", "Created".
std::string StatusText(const runtime::lifecycle::State& state);

// A line of `container ls`: ID, Names, Image, Command, CreatedAt, RunningFor, State, Status,
// Ports, Labels.
nlohmann::json ListingOf(const runtime::lifecycle::Kept& kept);

// All of it, for `container inspect`.
nlohmann::json InspectionOf(const runtime::lifecycle::Store& store,
                            const runtime::lifecycle::Kept& kept);

}  // namespace runner
