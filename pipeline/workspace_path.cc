#include "pipeline/workspace_path.h"

#include <algorithm>

namespace pipeline {
namespace {

bool HasParentPart(std::string_view path) {
  while (!path.empty()) {
    const size_t end = std::min(path.find('/'), path.size());
    if (path.substr(0, end) == "..") {
      return true;
    }
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return false;
}

}  // namespace

bool IsWorkspacePath(std::string_view path) {
  return !path.empty() && !path.starts_with('/') && !HasParentPart(path);
}

bool IsImagePath(std::string_view path) { return path.starts_with('/') && !HasParentPart(path); }

}  // namespace pipeline
