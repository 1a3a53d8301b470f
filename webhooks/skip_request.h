// Commit messages that ask for no run.
#pragma once

#include <string_view>

namespace webhooks {

// The conventions of GitHub ("Skipping workflow runs"): [skip ci], [ci skip], [no ci],
// [skip actions] or [actions skip] anywhere, in any case; or a trailer "skip-checks: true" as the
// message's last line.
bool AsksToSkip(std::string_view commit_message);

}  // namespace webhooks
