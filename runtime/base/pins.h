// Pins: what a kept container needs even while no process holds it: its image and its volumes.
//
// A line "KIND NAME" for each in kept/ID/pins, written with the container and never changed. They
// go with the container's directory.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "runtime/base/state_dir.h"

namespace runtime::base {

enum class PinKind { kImage, kVolume };

struct Pin {
  PinKind kind;
  std::string name;  // "sha256:HEX" of a manifest; a volume's name. Without white space.
};

// Writes the file of that container's directory. Throws Error.
void WritePins(const std::filesystem::path& directory, const std::vector<Pin>& pins);

// All names of that kind that some container of this state directory needs. Throws Error.
std::set<std::string> PinnedNames(const StateDir& state, PinKind kind);

}  // namespace runtime::base
