// What is taken out of a step's workspace when it has ended: reports, artifacts, files.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/step_backend.h"

namespace runner {

// A regular file beneath `root`, through no link; nothing when it isn't there. Throws Error, also
// (kInvalid) for what isn't a regular file: a workspace may hold a FIFO of that name.
std::optional<std::string> ReadBeneath(int root, std::string_view path, size_t max_bytes);

// The names of the regular files in a directory beneath `root`, through no link and `max`
// at most; none where there is no such directory. Throws Error.
std::vector<std::string> ListBeneath(int root, std::string_view directory, size_t max);

// The files that match, 512 MiB at most.
std::vector<pipeline::CollectedFile> CollectReports(int view,
                                                    const std::vector<std::string>& globs);

// Copies what the step's `artifacts` match to the directory `target`, if they are wanted after such
// an end. What is below `history` is taken only by globs that begin with that path.
void ExportArtifacts(const pipeline::ArtifactsSpec& artifacts, int view, const std::string& history,
                     const std::filesystem::path& target, bool success, pipeline::StepLog& log);

}  // namespace runner
