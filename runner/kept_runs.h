// KeptRuns: which runs' layers stay, and for how long.
#pragma once

#include <string>
#include <string_view>

#include "runtime/base/fd.h"
#include "runtime/base/state_dir.h"

namespace runner {

// So many runs that didn't pass are kept, the newest, beside those that they stand on.
inline constexpr size_t kKeptRuns = 5;

// Nobody removes what is kept of the run while the descriptor is open. Throws Error (kNotFound)
// when nothing is.
runtime::base::UniqueFd HoldKeptRun(const runtime::base::StateDir& state,
                                    const std::string& run_id);

// Is it kept?
bool IsKeptRun(const runtime::base::StateDir& state, std::string_view run_id);

// Removes what is kept of runs beyond the newest, but of those that somebody holds. Never throws; a
// later call tries again.
void PruneKeptRuns(const runtime::base::StateDir& state) noexcept;

}  // namespace runner
