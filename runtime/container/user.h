// Who a container's program runs as: docker's USER text looked up in the image's own passwd and
// group.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/container/container_spec.h"
#include "runtime/layer/snapshot.h"

namespace runtime::container {

struct Account {
  User user;
  std::string home = "/";
};

// `text`: "", "name", "uid", "name:group", "uid:gid". Numbers are decimal and below 2^31 and are
// numbers even where an account has digits for a name (CVE-2026-46680). Throws Error (kUsage) for
// anything else and for names that aren't there; never falls back to root.
// The group: the one after ":", else that of the account (which must be a number, too), else 0.
Account ResolveUser(std::string_view text, std::string_view passwd, std::string_view group);

// The same with the files of a root file system. They are read from outside: only regular files, no
// link is followed (CVE-2024-9341), at most 1 MiB each (CVE-2026-47262). "" and "0" read nothing.
Account ResolveUserIn(std::string_view text, const layer::Snapshot& rootfs);

// Throws Error (kUsage) when a container with these ids doesn't have the user or one of its groups.
void RequireMapped(const User& user, const IdMap& ids);

// Numbers of more groups, each given by name or number. The image's file is read, as above, when
// there is a name. Throws Error (kUsage) for a name that isn't there.
std::vector<uint32_t> ResolveGroupsIn(const std::vector<std::string>& groups,
                                      const layer::Snapshot& rootfs);

}  // namespace runtime::container
