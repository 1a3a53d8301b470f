// The guard of a way out: PID 1 of a PID namespace with pasta in it, so that the guard's end is
// pasta's, by the kernel's hand.
#pragma once

namespace runtime::network::helper {

// Runs `command` (pasta, which goes to the background when it serves), says on kHelperControl how
// that went, and waits for the end of that socket.
void GuardWayOut(char* const* command);

}  // namespace runtime::network::helper
