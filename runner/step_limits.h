// Which limits a step gets: those of its `limits`, and finite ones where it has none.
#pragma once

#include <filesystem>

#include "pipeline/run_plan.h"
#include "runtime/container/container_spec.h"

namespace runner {

// Memory: three quarters of this host's; processes: 1,024; disk: half of what is free where `state`
// is. A step that asks for nothing itself also runs on a host that offers no limits.
runtime::container::Limits LimitsForStep(const pipeline::Limits& asked,
                                         const std::filesystem::path& state);

// The other way: the limits that a container has, in the words of a pipeline file.
pipeline::Limits LimitsOf(const runtime::container::ContainerSpec& spec);

}  // namespace runner
