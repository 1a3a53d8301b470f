// Makes the record that our init reads (init/record.h) out of a ContainerSpec.
#pragma once

#include "runtime/base/fd.h"
#include "runtime/container/container_spec.h"

namespace runtime::container {

enum class InitRole {
  kFirst,     // PID 1 of the container
  kJoined,    // the supervisor of one more program (join.h)
  kChecking,  // the same, and SIGTERM ends that program with whatever it has started
};

// A memory file. Throws Error: an unknown capability, an empty argv, a NUL in a string.
base::UniqueFd MakeInitRecord(const ContainerSpec& spec, const IdMap& ids = {},
                              InitRole role = InitRole::kFirst);

}  // namespace runtime::container
