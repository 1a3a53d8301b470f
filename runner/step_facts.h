// What the backend knows of a step that its result doesn't tell, for the run's record.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "pipeline/run_plan.h"

namespace runner {

struct StepFacts {
  std::optional<pipeline::Limits> limits;   // with the defaults
  std::optional<std::string> layer_digest;  // of what it changed in the workspace
  std::optional<std::string> history;       // of the clone: what its `.git` says
};

// Any thread; what isn't there is left as it was.
using StepFactsSink = std::function<void(const std::string& step, const StepFacts& facts)>;

}  // namespace runner
