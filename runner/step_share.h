// What a step takes of the host's processors and memory before it starts: its `limits`.
#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "pipeline/step_backend.h"
#include "runner/host_use.h"
#include "runtime/base/state_dir.h"

namespace runner {

// For the step and the services that are its own, until the result goes; nothing where none of them
// names a limit of processors or memory. Waits, and says in the step's log for what. Throws Error,
// also when stopped.
std::optional<HostUse::Held> TakeStepShare(const runtime::base::StateDir& state,
                                           const std::string& repository, const std::string& run_id,
                                           const pipeline::CommandRequest& request,
                                           pipeline::StepLog& log, const std::stop_token& stop);

}  // namespace runner
