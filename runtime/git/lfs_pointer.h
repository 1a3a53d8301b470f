// The pointer that a repository holds in place of a large file (git-lfs, docs/spec.md "The
// Pointer").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace runtime::git {

struct LfsPointer {
  std::string oid;  // SHA-256 of the content, 64 lower-case hex digits
  uint64_t size = 0;
  // It names programs of the user that changed the content before it was stored.
  bool has_extensions = false;
};

// A pointer is shorter.
inline constexpr size_t kLfsPointerLimit = 1024;

// Nothing for what git-lfs doesn't take for one: the version first, then extensions, the oid and
// the size, and no other line.
std::optional<LfsPointer> ParseLfsPointer(std::string_view text);

}  // namespace runtime::git
