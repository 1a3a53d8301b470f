// Which files of a repository are pipeline files: `.runner.yml` at its root, and those of
// `.runner`. Each of them is a pipeline.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pipeline {

// At the root; with the other spelling, `.runner.yaml`, in its place.
constexpr char kPipelineFile[] = ".runner.yml";
// The directory that several are in, and how many files it may have.
constexpr char kPipelineDirectory[] = ".runner";
constexpr size_t kMaxPipelineFiles = 200;

// The pipeline files among the names in `.runner`, as paths in the repository, sorted. Of one that
// is there in both spellings only `.yml`: who reads it finds the other beside it.
std::vector<std::string> PipelineFilesAmong(const std::vector<std::string>& names);

// "a.yaml" for "a.yml", and the other way round. Empty: it is neither.
std::string OtherSpelling(std::string_view file);

// "release" for ".runner/release.yml": the pipeline's name, where it doesn't give itself one. Empty
// for a file of another place.
std::string NameOfPipelineFile(std::string_view file);

}  // namespace pipeline
