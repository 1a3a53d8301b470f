#include "runtime/lifecycle/control.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "runtime/base/files.h"
#include "runtime/base/utf8.h"

namespace runtime::lifecycle {
namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using base::UniqueFd;

namespace {

constexpr size_t kMostFiles = 8;
constexpr size_t kLargestPacket = 4096;
constexpr char kName[] = "control";

UniqueFd MakeSocket() {
  UniqueFd fd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  if (!fd) {
    throw Error::FromErrno("make a socket");
  }
  return fd;
}

// A socket's address has room for 108 bytes: the directory is named by its descriptor.
sockaddr_un AddressIn(int directory) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  const std::string path = "/proc/self/fd/" + std::to_string(directory) + "/" + kName;
  std::copy(path.begin(), path.end(), address.sun_path);
  return address;
}

}  // namespace

void Reply::SetText(std::string_view value) {
  value = base::Utf8Prefix(value, sizeof text - 1);
  std::copy(value.begin(), value.end(), text);
  text[value.size()] = '\0';
}

UniqueFd Listen(const fs::path& directory) {
  const UniqueFd folder = base::OpenFile(directory, O_PATH | O_DIRECTORY);
  ::unlinkat(folder.get(), kName, 0);
  UniqueFd socket = MakeSocket();
  const sockaddr_un address = AddressIn(folder.get());
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(socket.get(), 64) != 0) {
    throw Error::FromErrno("listen in " + directory.string());
  }
  return socket;
}

std::optional<UniqueFd> Connect(const fs::path& directory) {
  const UniqueFd folder(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder) {
    return std::nullopt;
  }
  UniqueFd socket = MakeSocket();
  const sockaddr_un address = AddressIn(folder.get());
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    if (errno == ENOENT || errno == ECONNREFUSED) {
      return std::nullopt;
    }
    throw Error::FromErrno("connect to the monitor in " + directory.string());
  }
  return socket;
}

Connection MakeConnection() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    throw Error::FromErrno("make a pair of sockets");
  }
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

bool SendPacket(int socket, std::string_view bytes, std::span<const int> files,
                bool wait) noexcept {
  iovec data = {const_cast<char*>(bytes.data()), bytes.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * kMostFiles)> control = {};
  msghdr message = {};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  if (!files.empty()) {
    message.msg_control = control.data();
    message.msg_controllen = CMSG_SPACE(files.size_bytes());
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(files.size_bytes());
    std::memcpy(CMSG_DATA(header), files.data(), files.size_bytes());
  }
  ssize_t n;
  do {
    n = ::sendmsg(socket, &message, MSG_NOSIGNAL | (wait ? 0 : MSG_DONTWAIT));
  } while (n < 0 && errno == EINTR);
  return n == static_cast<ssize_t>(bytes.size());
}

std::optional<Packet> ReceivePacket(int socket) {
  Packet packet;
  packet.bytes.resize(kLargestPacket);
  iovec data = {packet.bytes.data(), packet.bytes.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * kMostFiles)> control = {};
  msghdr message = {};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ssize_t n;
  do {
    n = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  } while (n < 0 && errno == EINTR);
  if (n < 0 && errno != ECONNRESET) {
    throw Error::FromErrno("receive a packet");
  }
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); n >= 0 && header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    const size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; header->cmsg_type == SCM_RIGHTS && i < count; ++i) {
      int fd;
      std::memcpy(&fd, CMSG_DATA(header) + i * sizeof fd, sizeof fd);
      packet.files.emplace_back(fd);
    }
  }
  if (n <= 0) {
    return std::nullopt;
  }
  packet.bytes.resize(static_cast<size_t>(n));
  return packet;
}

bool Ask(int socket, const Request& request, std::span<const int> files) {
  return SendPacket(socket, {reinterpret_cast<const char*>(&request), sizeof request}, files, true);
}

std::optional<Answered> NextReply(int socket) {
  std::optional<Packet> packet = ReceivePacket(socket);
  if (!packet) {
    return std::nullopt;
  }
  Answered answered;
  if (packet->bytes.size() == sizeof answered.reply) {
    std::memcpy(&answered.reply, packet->bytes.data(), sizeof answered.reply);
  }
  if (packet->bytes.size() != sizeof answered.reply || answered.reply.version != kControlVersion) {
    throw Error(ErrorKind::kUnsupported,
                "the container's monitor is of another version of runner; stop it with that");
  }
  answered.reply.text[sizeof answered.reply.text - 1] = '\0';
  answered.files = std::move(packet->files);
  return answered;
}

Answered Call(int socket, const Request& request, std::span<const int> files) {
  Ask(socket, request, files);
  std::optional<Answered> answered = NextReply(socket);
  if (!answered) {
    throw Error(ErrorKind::kUnavailable, "the container isn't running: its monitor has ended");
  }
  if (answered->reply.answer == Answer::kFailed) {
    throw Error(answered->reply.kind, answered->reply.text);
  }
  return *std::move(answered);
}

}  // namespace runtime::lifecycle
