// Submodules: each is a checkout of its own, and a layer of its own, put at its path.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "runtime/git/git_container.h"

namespace runtime::git {

// A checkout, and where it is in the workspace.
struct PlacedCheckout {
  std::string path;                    // relative; empty: at the root
  std::vector<layer::LayerId> layers;  // lowest first
};

// Checks out the submodules of `checkout`, which `request` gave with `submodules` set, and with
// `recursive` theirs too: of a remote repository from the addresses that submodule_url.h allows,
// without the credential, which is the repository's own; of a working tree from the directories in
// it, with their changes where `request` takes those along; where it asks for Git LFS, theirs too.
// At most 100 in all. Throws Error that names the submodule.
std::vector<PlacedCheckout> CheckOutSubmodules(const GitContainer& git,
                                               const CheckoutRequest& request,
                                               const CheckedOut& checkout, bool recursive,
                                               const GitContainer::Progress& progress,
                                               const std::stop_token& stop);

}  // namespace runtime::git
