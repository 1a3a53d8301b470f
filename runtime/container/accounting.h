// What a container used, told when it has ended.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <string>
#include <string_view>

#include "runtime/container/cgroup.h"
#include "runtime/container/exit_status.h"

namespace runtime::container {

// `init` is a zombie: with its end the kernel has added up those of its PID namespace, but for
// processes whose parent asked for no zombies. Fills in what was read and written.
void AddIo(pid_t init, Usage& usage);

// The most memory and processes at once, from the cgroup; as soon as all but init are dead.
void AddPeaks(const Cgroup& cgroup, Usage& usage);

// User and system time: from the cgroup where that tells, else from `total`, which is init's and
// all that it reaped. When init is dead too.
void AddTimes(const Cgroup& cgroup, const rusage& total, Usage& usage);

// The name of the process that the kernel ended last because the container `id` was out of memory,
// as the kernel's log tells; empty when that can't be read or doesn't tell.
std::string OutOfMemoryProcess(const std::string& id);

// The same from records as /dev/kmsg has them, in order.
std::string OutOfMemoryProcess(const std::string& id, std::string_view log);

}  // namespace runtime::container
