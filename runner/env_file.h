// Files of environment variables, as docker's --env-file has them.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace runner {

// One variable a line, taken as it stands: NAME=VALUE, or NAME to pass ours on (left out where we
// have none). Empty lines and those that begin with "#" are skipped. Throws Error (kUsage) that
// names the file and the line.
std::vector<std::string> ParseEnvFile(std::string_view text, const std::string& name);
std::vector<std::string> ReadEnvFile(const std::filesystem::path& path);

}  // namespace runner
