// Paths that a pipeline file names.
#pragma once

#include <string_view>

namespace pipeline {

// Relative, without ".." and not empty: it can't leave the workspace (links are the backend's).
bool IsWorkspacePath(std::string_view path);
// Begins with "/" and has no "..".
bool IsImagePath(std::string_view path);

}  // namespace pipeline
