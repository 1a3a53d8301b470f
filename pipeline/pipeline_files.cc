#include "pipeline/pipeline_files.h"

#include <set>

namespace pipeline {
namespace {

constexpr std::string_view kYml = ".yml";
constexpr std::string_view kYaml = ".yaml";

// Without its spelling; empty when it has none, or nothing before it.
std::string_view StemOf(std::string_view file) {
  for (const std::string_view end : {kYml, kYaml}) {
    if (file.size() > end.size() && file.ends_with(end)) {
      return file.substr(0, file.size() - end.size());
    }
  }
  return {};
}

}  // namespace

std::vector<std::string> PipelineFilesAmong(const std::vector<std::string>& names) {
  const std::set<std::string> sorted(names.begin(), names.end());
  std::vector<std::string> files;
  for (const std::string& name : sorted) {
    const bool twice = name.ends_with(kYaml) && sorted.contains(OtherSpelling(name));
    if (!StemOf(name).empty() && !twice) {
      files.push_back(std::string(kPipelineDirectory) + "/" + name);
    }
  }
  return files;
}

std::string OtherSpelling(std::string_view file) {
  const std::string_view stem = StemOf(file);
  if (stem.empty()) {
    return "";
  }
  return std::string(stem).append(file.ends_with(kYml) ? kYaml : kYml);
}

std::string NameOfPipelineFile(std::string_view file) {
  const std::string directory = std::string(kPipelineDirectory) + "/";
  if (!file.starts_with(directory)) {
    return "";
  }
  const std::string_view name = file.substr(directory.size());
  return name.find('/') != std::string_view::npos ? "" : std::string(StemOf(name));
}

}  // namespace pipeline
