// The credential of a repository's clone address.
#pragma once

#include <string>

#include "runner/serve/config.h"
#include "runtime/git/protocol.h"

namespace runner::serve {

// Reads what the repository's credential refers to, as it is now. Throws Error when a secret can't
// be read, and when `url` isn't the repository's `clone`: a run that was queued under another
// configuration, whose address may be anybody's. Any thread.
runtime::git::Credential ReadCloneCredential(const RepositoryConfig& repository,
                                             const std::string& url);

}  // namespace runner::serve
