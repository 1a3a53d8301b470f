// The guard of a way out: PID 1 of a PID namespace with slirp4netns in it, so that the guard's end
// is the other's, by the kernel's hand.
#pragma once

namespace runtime::network::helper {

// Runs `command`, which writes to kGuardReady when it serves; says on kHelperControl how that went,
// and waits for the end of that socket.
void GuardWayOut(char* const* command);

}  // namespace runtime::network::helper
