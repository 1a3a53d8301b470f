// Descriptors over a socket (SCM_RIGHTS, unix(7)), without allocation: for the child of a clone of
// a process that may have threads.
#pragma once

#include <cstddef>
#include <span>

namespace runtime::container {

// Most that one packet brings (SCM_MAX_FD is 253).
inline constexpr size_t kMaxPassedFds = 128;

// In one packet, which may bring none. False with errno; with EINVAL when they are too many.
bool SendFds(int socket, std::span<const int> fds);
// Waits for a packet and fills `fds` from the front. How many came, or -1: the other side is gone.
// Close-on-exec; the caller's. Those that don't fit are closed.
int ReceiveFds(int socket, std::span<int> fds);

// The same with one. -1 when none came.
bool SendFd(int socket, int fd);
int ReceiveFd(int socket);

}  // namespace runtime::container
