// Which pipeline file a verb means.
#pragma once

#include <filesystem>
#include <string>

namespace runner {

// The file named, or .runner.yml or .runner.yaml of the directory named. Throws Error (kUsage) that
// begins with `verb` when there is none, or both are there.
std::filesystem::path FindPipelineFile(const std::string& verb, const std::filesystem::path& path);

// Its whole text, for the parser to judge; a bound far above what that takes. Throws Error.
std::string ReadPipelineText(const std::filesystem::path& file);

}  // namespace runner
