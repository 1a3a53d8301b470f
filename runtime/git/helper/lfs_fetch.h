// Objects of Git LFS, brought to a directory: from a repository of this machine, or from a server.
#pragma once

#include <filesystem>

#include "runtime/base/clock.h"
#include "runtime/base/http.h"
#include "runtime/git/helper/remote_access.h"
#include "runtime/git/protocol.h"

namespace runtime::git {

// What the order of `request` asks for. Each object that is in `out` afterwards is whole. Throws
// Error that names a file: a server must have them all; of a local repository what it hasn't, or
// hasn't whole, is missing.
LfsAnswer BringLfsObjects(const HelperRequest& request, const std::filesystem::path& out,
                          const ProgressLine& progress);

// The part of it with a server.
void FetchLfsObjects(const HelperRequest& request, base::HttpTransport& transport,
                     const base::Clock& clock, const std::filesystem::path& out,
                     const ProgressLine& progress);

}  // namespace runtime::git
