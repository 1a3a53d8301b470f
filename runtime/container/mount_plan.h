// MountPlan: what a container's root file system gets mounted, as a list that can be printed,
// compared and tested without privilege. child_mounts.cc applies it.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "runtime/container/container_spec.h"

namespace runtime::container {

struct MountStep {
  enum class Kind {
    kAttach,      // a mount that the parent made; `index` says which of those it sent
    kFileSystem,  // a new `type` with `options`
    kDevice,      // the host's /dev/NAME (source), which must be the character device `device`
    kStageFile,   // a file of the stage directory (source) over a file
    kConsole,     // the terminal's slave side over a file
    kSecrets,     // the files of ContainerSpec::secrets, in a new tmpfs with `options`
    kInner,       // the directory `source` of the root file system, what is mounted in it left out
    kSymlink,     // not a mount: target -> source, where the target is missing
    kMask,      // made unreadable: /dev/null over a file, an empty read-only tmpfs over a directory
    kReadOnly,  // itself made read-only
    kSysctl,    // not a mount: `source` is written to the file of procfs
  };
  Kind kind = Kind::kFileSystem;
  std::string target = {};  // relative to the root file system: "proc/kcore"
  std::string source = {};
  std::string type = {};
  std::string options = {};  // "mode=755,size=65536k"
  uint64_t flags = 0;        // MOUNT_ATTR_*
  unsigned index = 0;
  uint64_t device = 0;  // makedev()
  // A link on the way to the target is followed, meaning the container's root by "/"; else it is
  // refused (CVE-2021-30465, CVE-2025-31133: /proc, /dev and /sys must be what they seem).
  bool follow = false;
  bool file = false;  // the target is a file, made when it is missing (else a directory)
  bool operator==(const MountStep&) const = default;
};

// In the order in which they are applied. Overlay mounts come as kAttach 1..n, bind mounts after
// them, and with the host's network sysfs last. `host_masks` are paths to mask beside those that
// every host has (host_masks.h), `ids` those that the container has.
std::vector<MountStep> PlanMounts(const ContainerSpec& spec,
                                  const std::vector<std::string>& host_masks = {},
                                  const IdMap& ids = {});

// What is mounted in every container, with the directories above it, relative to the root file
// system: where such a place is missing in the image, we make it, and nobody of the container does.
std::set<std::string> OwnMountPoints(ContainerSpec spec);

// "attach 1 -> workspace", "proc -> proc (nosuid,nodev,noexec)": one line, for tests and messages.
std::string Describe(const MountStep& step);

}  // namespace runtime::container
