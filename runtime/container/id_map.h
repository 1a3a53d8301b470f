// IdMap: which ids of the host a container's users are.
//
// Every container is in a user namespace that maps 0..count-1 to base..base+count-1, a range that
// no user of the host has, so root inside is nobody outside. Layers stay unshifted on disk: an
// idmapped mount (mount_setattr(2)) of the state directory shifts them on the way.
#pragma once

#include <sys/types.h>

#include <compare>
#include <cstdint>
#include <string>

#include "runtime/base/fd.h"

namespace runtime::container {

//
// In a user namespace (base/rootless.h) no mount can be shifted, so base is 0: the container has
// the ids of the namespace, and its root is the ordinary user.
struct IdMap {
  // Above the ids that systemd hands out (its "UIDS-GIDS" document), below 2^31.
  uint32_t base = 0x70000000;
  uint32_t count = 65536;

  // The one for containers of this process.
  static IdMap OfThisProcess();

  bool Shifts() const { return base != 0; }
};

// Who has inside of a container what root has on disk, and the other way round: root has what is
// this user's.
struct FileOwner {
  uint32_t uid = 0;
  uint32_t gid = 0;
  auto operator<=>(const FileOwner&) const = default;
};

// The lines of uid_map or gid_map (user_namespaces(7)) with 0 and `owner` swapped; `owner` is below
// map.count.
std::string IdMapLines(const IdMap& map, uint32_t owner = 0);

// Writes uid_map and gid_map of a process that was just cloned with CLONE_NEWUSER. Throws Error.
void WriteIdMap(pid_t process, const IdMap& map, const FileOwner& owner = {});

// The user namespace of a process. Throws Error.
base::UniqueFd OpenUserNamespace(pid_t process);

// A user namespace that nobody is in, for CloneShifted(). Throws Error.
base::UniqueFd MakeUserNamespace(const IdMap& map, const FileOwner& owner);

// A detached copy of the mount at `path` (with what is mounted below when `recursive`) that shifts
// ids by this user namespace, or doesn't shift them (-1). Throws Error (kUnsupported) that names
// the file system where the kernel can't.
base::UniqueFd CloneShifted(const char* path, int user_namespace, bool recursive);

}  // namespace runtime::container
