// Globs of pipeline files: "reports/*.xml", "**/junit-?.xml", "out".
//
// Each part as runtime/base/glob.h says, and "**" as a whole part is any number of directories,
// none too. A leading dot is nothing special.
#pragma once

#include <string>
#include <vector>

#include "runtime/layer/tree_walk.h"

namespace runtime::layer {

// The regular files below the directory `root` that match one of the globs or lie in a directory
// that does; relative paths, sorted by their parts, each once. Links are neither followed nor
// found. Throws Error: kUsage for a glob that is absolute, empty, longer than 4096 bytes or has
// ".." in it, kInvalid over a limit.
std::vector<std::string> FindFiles(int root, const std::vector<std::string>& globs,
                                   const TreeLimits& limits = {});

}  // namespace runtime::layer
