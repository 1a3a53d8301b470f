// The one modification time of all files of a checkout (helper/output_tree.h says why).
#pragma once

#include <cstdint>
#include <filesystem>

namespace runtime::git {

inline constexpr int64_t kCheckoutTime = 946'684'800;  // 2000-01-01T00:00:00Z

// Gives a file, directory or link this time, in seconds since 1970. Throws Error.
void SetCheckoutTime(const std::filesystem::path& path, int64_t time = kCheckoutTime);

}  // namespace runtime::git
