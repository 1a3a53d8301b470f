#include "runtime/supervise/control.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "runtime/supervise/process.h"

namespace runtime::supervise {
namespace {

sockaddr_un ControlAddress() {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  static_assert(sizeof kControlPath <= sizeof address.sun_path);
  ::memcpy(address.sun_path, kControlPath, sizeof kControlPath);
  return address;
}

}  // namespace

void Control::Open() {
  const sockaddr_un address = ControlAddress();
  // One that a container left when it ended and was started again.
  ::unlink(kControlPath);
  fd_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const mode_t before = ::umask(0177);
  if (::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(fd_);
    fd_ = -1;
  }
  ::umask(before);
}

bool Control::Receive(Request& request) const {
  request.asker.length = sizeof request.asker.address;
  const ssize_t n =
      ::recvfrom(fd_, request.text, kMaxRequest, 0,
                 reinterpret_cast<sockaddr*>(&request.asker.address), &request.asker.length);
  if (n < 0) {
    return false;
  }
  request.text[n] = '\0';
  return true;
}

void Control::Answer(const Asker& asker, bool success, std::string_view text) const {
  if (asker.length == 0) {
    return;
  }
  Reply packet;
  packet << (success ? "0" : "1") << text;
  ::sendto(fd_, packet.view().data(), packet.view().size(), MSG_NOSIGNAL,
           reinterpret_cast<const sockaddr*>(&asker.address), asker.length);
}

int Ask(std::string_view request) {
  const sockaddr_un address = ControlAddress();
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  // An address of its own to be answered at: the kernel picks one (unix(7), autobind).
  const sockaddr_un any = {.sun_family = AF_UNIX, .sun_path = {}};
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&any), sizeof any.sun_family) != 0 ||
      ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::send(fd, request.data(), request.size(), 0) < 0) {
    Line line;
    Say(line << kControlPath << ": " << ::strerror(errno)
             << "; is runner-init supervising this container, as your user, with a /run that can "
                "be written to?");
    return 125;
  }
  char answer[8193];
  const ssize_t n = ::recv(fd, answer, sizeof answer, 0);
  if (n < 1) {
    return 125;
  }
  [[maybe_unused]] const ssize_t written =
      ::write(STDOUT_FILENO, answer + 1, static_cast<size_t>(n - 1));
  return answer[0] == '0' ? 0 : 1;
}

}  // namespace runtime::supervise
