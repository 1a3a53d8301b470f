// VolumeStore: directories that outlive containers (docker's named volumes).
//
//   ROOT/volumes/NAME/data/         what containers see; owners as inside of a container
//   ROOT/volumes/NAME/volume.json   {"created": SECONDS, "labels": {"KEY": "VALUE"},
//                                    "size": BYTES, "anonymous": BOOL}
//
// A volume is in use as long as somebody holds it: a shared lock (flock(2)) on its directory; or a
// kept container names it (base/pins.h).
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/fd.h"
#include "runtime/base/state_dir.h"

namespace runtime::volume {

struct Volume {
  std::string name;
  std::filesystem::path data;
  int64_t created = 0;  // seconds since 1970
  std::map<std::string, std::string> labels;
  uint64_t size_bytes = 0;  // the limit that the file system holds; 0: none
  bool anonymous = false;   // made for one container, which nobody named it for
};

// As Volume has them.
struct VolumeOptions {
  std::map<std::string, std::string> labels = {};
  uint64_t size_bytes = 0;
  bool anonymous = false;
};

// Keeps a volume from being removed while the descriptor is open.
struct HeldVolume {
  Volume volume;
  base::UniqueFd lock;
};

// Thread-safe; several processes may work on the same state directory.
class VolumeStore {
 public:
  explicit VolumeStore(const base::StateDir& state) : state_(state) {}

  // Docker's rule: [a-zA-Z0-9][a-zA-Z0-9_.-]*, at most 128 characters.
  static bool IsName(std::string_view text);

  // 64 random hex digits, for a volume that nobody names. Throws Error.
  static std::string NewName();

  // One that is there already stays as it is. Throws Error: kUsage for a bad name, kUnsupported for
  // a size that the file system can't hold.
  Volume Create(const std::string& name, const VolumeOptions& options = {}) const;
  std::optional<Volume> Find(const std::string& name) const;
  std::vector<Volume> List() const;  // by name
  bool IsInUse(const std::string& name) const;

  // Makes it when it is missing. Throws Error.
  HeldVolume Hold(const std::string& name, const VolumeOptions& options = {}) const;

  // Throws Error: kNotFound, kUnavailable while it is in use.
  void Remove(const std::string& name) const;
  // The same for one that was made for one container. Does nothing with any other, nor while it is
  // in use.
  void RemoveAnonymous(const std::string& name) const;

 private:
  bool IsPinned(const std::string& name) const;
  std::filesystem::path Path(const std::string& name) const;
  void RequireName(const std::string& name) const;

  base::StateDir state_;
};

}  // namespace runtime::volume
