// One descriptor over a socket (SCM_RIGHTS, unix(7)), without allocation: for the child of a clone
// of a process that may have threads.
#pragma once

namespace runtime::container {

// False with errno.
bool SendFd(int socket, int fd);
// -1 when none came: the other side is gone. Close-on-exec; the caller's.
int ReceiveFd(int socket);

}  // namespace runtime::container
