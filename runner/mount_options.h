// The options that put files into a container (-v, --mount, --tmpfs), read as docker's.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "runtime/base/state_dir.h"
#include "runtime/container/container_spec.h"
#include "runtime/volume/volume_store.h"

namespace runner {

struct MountRequest {
  enum class Kind { kBind, kVolume, kTmpfs };
  Kind kind = Kind::kBind;
  std::string source;            // an absolute host path, or a volume's name; empty: a new volume
  std::filesystem::path target;  // absolute, inside; never "/"
  bool read_only = false;
  bool seed = true;       // an empty volume gets the image's files
  bool resolved = false;  // a bind's source is as BindMount::resolved says
  // Of a tmpfs.
  uint64_t size_bytes = 64u << 20;
  unsigned mode = 01777;
  bool executable = true;
};

// Each throws Error (kUsage) that names the option, the value and what was expected.
MountRequest ParseVolumeOption(const std::string& text);  // SOURCE:PATH[:ro], or PATH
MountRequest ParseTmpfsOption(const std::string& text);   // PATH[:OPTION,...]
MountRequest ParseMountOption(const std::string& text);   // type=...,source=...,target=...

// Whether one of the mounts is at that place.
bool IsTaken(const std::filesystem::path& target, const std::vector<MountRequest>& mounts);

// A new volume for each of these paths of an image (VOLUME) that nothing else is mounted on.
void AddImageVolumes(const std::vector<std::string>& paths, std::vector<MountRequest>& mounts);

// Adds the mounts to the spec; its rootfs must be set. New volumes are made in the directory
// `scratch`, which goes with the container; without one they are volumes like others. The result
// holds the volumes: keep it until the container has ended. Throws Error, and leaves no new volume
// then.
std::vector<runtime::volume::HeldVolume> AddMounts(const std::vector<MountRequest>& mounts,
                                                   const runtime::base::StateDir& state,
                                                   runtime::container::ContainerSpec& spec,
                                                   const std::filesystem::path& scratch = {});

// For a container that couldn't be made: lets go of its volumes and removes those that were made
// for it alone.
void RemoveNewVolumes(std::vector<runtime::volume::HeldVolume> held,
                      const runtime::base::StateDir& state) noexcept;

}  // namespace runner
