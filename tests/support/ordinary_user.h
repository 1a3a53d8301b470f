// OrdinaryUser: an account without any right, for tests of what such a user may do.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tests {

enum class SubordinateIds {
  kNone,   // its own id alone
  kRange,  // 65536 more, by subuid(5)
};

class OrdinaryUser {
 public:
  // Adds the account to what this process and its children see of /etc, in a mount namespace of
  // its own; the host's files stay as they are. Needs root and a process without threads. Files of
  // it go to `scratch`. Throws Error.
  OrdinaryUser(const std::filesystem::path& scratch, SubordinateIds ids);

  // What root, and what another user of its user namespace is on the host.
  uint32_t HostId(uint32_t id) const { return id == 0 ? kUid : kFirstSubordinateId + id - 1; }

  // The command, run as that user.
  std::vector<std::string> Command(const std::vector<std::string>& words) const;
  // Makes the path and all below it the user's.
  void Give(const std::filesystem::path& path) const;

 private:
  static constexpr uint32_t kUid = 61234;
  static constexpr uint32_t kFirstSubordinateId = 700000;
};

}  // namespace tests
