// Files of a directory that a stranger may have filled: a repository, what was unpacked.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace runtime::base {

// The whole file. Nothing where there is none, or a pipe, a device or anything else that isn't a
// regular file: never waits. Follows links. Throws Error when it can't be read or is longer.
std::optional<std::string> ReadRegularFile(const std::filesystem::path& path, size_t max_bytes);

// Is it a regular file beneath the directory, with the links of its path followed?
bool IsRegularFileIn(const std::filesystem::path& directory, const std::filesystem::path& path);

}  // namespace runtime::base
