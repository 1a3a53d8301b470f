// Which pipeline file a verb means.
#pragma once

#include <filesystem>
#include <string>

namespace runner {

// The file named, or .runner.yml or .runner.yaml of the directory named. Throws Error (kUsage) that
// begins with `verb` when there is none, or both are there, or the directory's is no file of its
// own.
std::filesystem::path FindPipelineFile(const std::string& verb, const std::filesystem::path& path);

// A repository may be a stranger's. Throws Error (kUsage) that begins with `verb` unless the file
// is a regular one and, wherever links lead, beneath the directory.
void RequireFileOf(const std::string& verb, const std::filesystem::path& directory,
                   const std::filesystem::path& file);

// Its whole text, for the parser to judge; a bound far above what that takes. Throws Error.
std::string ReadPipelineText(const std::filesystem::path& file);

}  // namespace runner
