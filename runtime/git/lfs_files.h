// Which files of a checkout are pointers of Git LFS (lfs_pointer.h).
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "runtime/git/lfs_pointer.h"
#include "runtime/git/protocol.h"

namespace runtime::git {

struct LfsFile {
  std::string path;
  LfsPointer pointer;
  bool executable = false;
};

struct LfsFiles {
  std::vector<LfsFile> files;  // in the order of their paths
  std::string server;          // as .lfsconfig has it, a stranger's word; empty: it has none
};

// The pointers below a checkout's directories (lowest first, as LayerStore has them) whose
// attribute `filter` is `lfs` by the .gitattributes files that are in it. What has the attribute
// and isn't a pointer stays what it is. Throws Error: kInvalid over a limit, and kUnsupported for a
// pointer with extensions, both with the file's name; kCancelled after a stop.
LfsFiles FindLfsFiles(const std::vector<std::filesystem::path>& tree, const CheckoutLimits& limits,
                      const std::stop_token& stop);

}  // namespace runtime::git
