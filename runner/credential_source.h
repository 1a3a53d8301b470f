// Where a run gets the credential of its repository.
#pragma once

#include <functional>
#include <string>

#include "runtime/git/protocol.h"

namespace runner {

// What to log in with at the repository behind `url`; empty for nothing. Asked when the clone
// begins, on the thread of the run. Throws Error, which ends the clone.
using CredentialSource = std::function<runtime::git::Credential(const std::string& url)>;

}  // namespace runner
