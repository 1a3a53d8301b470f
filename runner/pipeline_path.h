// Which pipeline files a verb means.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace runner {

// The file named, or the pipeline files of the directory named (pipeline_files.h): `.runner.yml`
// first, then those of `.runner`. Never none. Throws Error (kUsage) that begins with `verb` when
// there is none, or one in both spellings, or one that is no file of that directory.
std::vector<std::filesystem::path> FindPipelineFiles(const std::string& verb,
                                                     const std::filesystem::path& path);

// A repository may be a stranger's. Throws Error (kUsage) that begins with `verb` unless the file
// is a regular one and, wherever links lead, beneath the directory.
void RequireFileOf(const std::string& verb, const std::filesystem::path& directory,
                   const std::filesystem::path& file);

// Its whole text, for the parser to judge; a bound far above what that takes. Throws Error.
std::string ReadPipelineText(const std::filesystem::path& file);

}  // namespace runner
