// Files of the repository that tests read.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace pipeline {

inline std::filesystem::path Source() { return std::getenv("RUNNER_SOURCE"); }

// Those in a folder of tests/unit/pipeline, sorted.
inline std::vector<std::filesystem::path> FilesIn(const std::string& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(Source() / "tests/unit/pipeline" / folder)) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  EXPECT_FALSE(files.empty());
  return files;
}

}  // namespace pipeline
