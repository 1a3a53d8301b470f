// The root file system of the git container: our helper, the CA certificates, and empty
// directories and files to mount on. No shell, no other program. Two layers: what never changes,
// and what an update of this host changes.
#pragma once

#include <filesystem>
#include <vector>

#include "runtime/layer/layer_store.h"

namespace runtime::git {

// Paths inside.
inline constexpr char kHelperProgram[] = "/runner-git";
inline constexpr char kMirrorDirectory[] = "/mirror";
inline constexpr char kOutDirectory[] = "/out";
inline constexpr char kHistoryDirectory[] = "/history";
inline constexpr char kSourceDirectory[] = "/source";
inline constexpr char kGitDirectory[] = "/git";
inline constexpr char kHomeDirectory[] = "/root";
// Not where libgit2 looks by itself: it would read them at every start.
inline constexpr char kCertificatesFile[] = "/ca-certificates.crt";

// libexec/runner/runner-git of the installation (or build tree) that this program is part of, or
// beside this program. Throws Error (kNotFound).
std::filesystem::path FindHelper();

// The layers, lowest first, made where they are missing. The upper one's name comes from the two
// files' identity (inode, size, times), so a new helper or new certificates give a new layer and
// nothing is read here otherwise.
std::vector<layer::LayerId> EnsureHelperLayers(const layer::LayerStore& layers,
                                               const std::filesystem::path& helper);

}  // namespace runtime::git
