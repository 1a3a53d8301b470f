// --security-opt of `runner run`: which system call filter a container gets.
#pragma once

#include <string>
#include <vector>

#include "runtime/container/container_spec.h"

namespace runner {

// Sets the filter of `spec`, whose capabilities must be set: "seccomp=unconfined",
// "seccomp=builtin" (the default) or "seccomp=FILE", a profile in docker's JSON format; the last
// one counts. "no-new-privileges" is always on. Throws Error (kUsage).
void ApplySecurityOptions(const std::vector<std::string>& options,
                          runtime::container::ContainerSpec& spec);

}  // namespace runner
