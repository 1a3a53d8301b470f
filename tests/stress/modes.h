// The kinds of stress. Each makes a state directory with a busybox image of its own and
// answers whether all went well and nothing was left. Throws Error.
#pragma once

namespace tests {

// So many containers from one process, so many of them at once.
bool RunInARow(int count, int at_once);

// So many containers that live at once, from one process.
bool KeepAlive(int count);

// So many times `runner run`, in which one of our processes (runner, its reaper, a container's
// init) is killed after a random time. The last word is the next sweep's.
bool KillAtRandom(int rounds);

// The same of `runner exec` of a pipeline with a service, a cache, and `finally`.
bool KillPipelinesAtRandom(int rounds);

}  // namespace tests
