// Rootless: how an ordinary user becomes root of a user namespace (user_namespaces(7)), with the
// ids that /etc/subuid and /etc/subgid give to the user (subuid(5)) or, without them, with its own
// id alone. Outside of the namespace it stays the ordinary user that it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runtime::base {

// Whether this process is in the namespace that the host began with. Only root there may shift
// owners by idmapped mounts and use trusted.* attributes.
bool InInitialUserNamespace();

struct IdRange {
  uint32_t start = 0;
  uint32_t count = 0;
  bool operator==(const IdRange&) const = default;
};

// The ids from 0 on that this process's namespace has without a gap, in the ranges that the kernel
// knows ("uid_map" or "gid_map" of user_namespaces(7)). Throws Error.
std::vector<IdRange> MappedRanges(const char* map);

// How many those are, of users and groups alike.
uint32_t MappedIds();

// The first line of subuid(5) or subgid(5) for a user, given by name or by number.
std::optional<IdRange> FindSubordinateIds(std::string_view file, std::string_view name,
                                          uint32_t uid);

// The name of a user in the text of passwd(5), or empty.
std::string FindUserName(std::string_view passwd, uint32_t uid);

// Does nothing for root. For anybody else: makes a user namespace in which this process is root,
// and a mount namespace with it. To be called before the process has threads. Throws Error
// (kPermission) that says what to do where the host doesn't allow it.
void EnterUserNamespace();

}  // namespace runtime::base
