#include "runtime/container/pass_fd.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace runtime::container {

bool SendFds(int socket, std::span<const int> fds) {
  if (fds.size() > kMaxPassedFds) {
    errno = EINVAL;
    return false;
  }
  char byte = 'f';
  iovec data = {&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * kMaxPassedFds)] = {};
  msghdr message = {};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  if (!fds.empty()) {
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(fds.size_bytes());
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(fds.size_bytes());
    ::memcpy(CMSG_DATA(header), fds.data(), fds.size_bytes());
  }
  return ::sendmsg(socket, &message, MSG_NOSIGNAL) == 1;
}

int ReceiveFds(int socket, std::span<int> fds) {
  char byte;
  iovec data = {&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * kMaxPassedFds)] = {};
  msghdr message = {};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = CMSG_LEN(std::min(fds.size(), kMaxPassedFds) * sizeof(int));
  if (::recvmsg(socket, &message, MSG_CMSG_CLOEXEC) <= 0) {
    return -1;
  }
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (header == nullptr || header->cmsg_type != SCM_RIGHTS) {
    return 0;
  }
  const size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
  ::memcpy(fds.data(), CMSG_DATA(header), count * sizeof(int));
  return static_cast<int>(count);
}

bool SendFd(int socket, int fd) { return SendFds(socket, {&fd, 1}); }

int ReceiveFd(int socket) {
  int fd = -1;
  return ReceiveFds(socket, {&fd, 1}) == 1 ? fd : -1;
}

}  // namespace runtime::container
