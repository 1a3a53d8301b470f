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
  std::string source;            // an absolute host path, or a volume's name
  std::filesystem::path target;  // absolute, inside; never "/"
  bool read_only = false;
  bool seed = true;  // an empty volume gets the image's files
  // Of a tmpfs.
  uint64_t size_bytes = 64u << 20;
  unsigned mode = 01777;
  bool executable = true;
};

// Each throws Error (kUsage) that names the option, the value and what was expected.
MountRequest ParseVolumeOption(const std::string& text);  // SOURCE:PATH[:ro]
MountRequest ParseTmpfsOption(const std::string& text);   // PATH[:OPTION,...]
MountRequest ParseMountOption(const std::string& text);   // type=...,source=...,target=...

// Adds the mounts to the spec; its rootfs must be set. The result holds the volumes: keep it until
// the container has ended. Throws Error.
std::vector<runtime::volume::HeldVolume> AddMounts(const std::vector<MountRequest>& mounts,
                                                   const runtime::base::StateDir& state,
                                                   runtime::container::ContainerSpec& spec);

}  // namespace runner
