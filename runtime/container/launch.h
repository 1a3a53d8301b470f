// Launch: everything between a ContainerSpec and a child that is on its way to the program.
#pragma once

#include <sys/types.h>

#include <optional>

#include "runtime/base/error.h"
#include "runtime/base/fd.h"
#include "runtime/container/cgroup.h"
#include "runtime/container/container.h"
#include "runtime/container/container_spec.h"
#include "runtime/container/host.h"
#include "runtime/container/init/record.h"
#include "runtime/container/project_quota.h"

namespace runtime::container {

// A child that was cloned and got all it needs. Not yet known: whether it reached the program.
// Its cgroup ends when it does, so the child must be dead by then, or dies.
struct Launched {
  pid_t pid = -1;
  base::UniqueFd pidfd;
  base::UniqueFd channel;        // its end is how the child notices that we died while it sets up
  base::UniqueFd report;         // InitReport packets (init/record.h)
  base::UniqueFd terminal = {};  // master side, when the spec asks for one
  std::optional<Cgroup> cgroup = {};       // always, of one that was launched
  std::optional<ProjectQuota> quota = {};  // when the file system holds its limit of disk
};

// Clones the child and hands it its mounts. Throws Error; no child is left then.
Launched Launch(Host& host, const ContainerSpec& spec, const Stdio& stdio);

// What a report of InitEvent::kSetupFailed says: "mount: proc/x: reason".
base::Error SetupError(const InitReport& report);

}  // namespace runtime::container
