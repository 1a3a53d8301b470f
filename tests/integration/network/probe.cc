// A program for inside of containers that speaks UDP and to abstract sockets, which busybox
// doesn't:
//
//   network_probe udp ADDRESS PORT TEXT       sends it, and prints what comes back within 2 s
//   network_probe udp-server ADDRESS PORT     answers each datagram "ADDRESS said TEXT"
//   network_probe dns SOURCE SERVER NAME      asks for NAME from that address of its own
//   network_probe abstract NAME               connects to the abstract socket of that name
//   network_probe noise ADDRESS PORT COUNT    so many datagrams of random bytes
#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

// With an address and a port of its own (bind) or of the other side (connect).
template <typename Call>
int SocketOf(const char* address, const char* port, Call call) {
  addrinfo hints = {};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* list = nullptr;
  const int fd = ::getaddrinfo(address, port, &hints, &list) == 0
                     ? ::socket(list->ai_family, SOCK_DGRAM, 0)
                     : -1;
  if (fd < 0 || call(fd, list->ai_addr, list->ai_addrlen) != 0) {
    std::printf("unreachable: %s\n", std::strerror(errno));
    std::exit(0);
  }
  return fd;
}

int Ask(const char* address, const char* port, const char* text) {
  const int fd = SocketOf(address, port, ::connect);
  std::array<char, 65536> buffer;
  pollfd event = {fd, POLLIN, 0};
  ssize_t n = ::send(fd, text, std::strlen(text), 0);
  if (n >= 0 && ::poll(&event, 1, 2000) != 1) {
    std::puts("no answer");
    return 0;
  }
  n = n < 0 ? n : ::recv(fd, buffer.data(), buffer.size(), 0);
  if (n < 0) {
    std::printf("refused: %s\n", std::strerror(errno));
  } else {
    std::printf("%.*s\n", static_cast<int>(n), buffer.data());
  }
  return 0;
}

int AskForName(const char* source, const char* server, const char* name) {
  const int fd = SocketOf(source, "0", ::bind);
  sockaddr_in where = {};
  where.sin_family = AF_INET;
  where.sin_port = htons(53);
  ::inet_pton(AF_INET, server, &where.sin_addr);
  std::string packet("\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00", 12);
  for (const char* label = name; *label != '\0';) {
    const size_t length = std::strcspn(label, ".");
    packet.push_back(static_cast<char>(length));
    packet.append(label, length);
    label += length + (label[length] == '.' ? 1 : 0);
  }
  packet.append("\x00\x00\x01\x00\x01", 5);
  std::array<char, 512> buffer;
  pollfd event = {fd, POLLIN, 0};
  const bool answered = ::sendto(fd, packet.data(), packet.size(), 0,
                                 reinterpret_cast<sockaddr*>(&where), sizeof where) > 0 &&
                        ::poll(&event, 1, 500) == 1 &&
                        ::recv(fd, buffer.data(), buffer.size(), 0) > 4;
  std::printf(answered ? "code %d\n" : "no answer\n", buffer[3] & 0x0f);
  return 0;
}

int Serve(const char* address, const char* port) {
  const int fd = SocketOf(address, port, ::bind);
  std::puts("ready");
  std::fflush(stdout);
  while (true) {
    std::array<char, 65536> buffer;
    sockaddr_storage from = {};
    socklen_t size = sizeof from;
    const ssize_t n =
        ::recvfrom(fd, buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
    char asker[INET6_ADDRSTRLEN] = "";
    ::getnameinfo(reinterpret_cast<sockaddr*>(&from), size, asker, sizeof asker, nullptr, 0,
                  NI_NUMERICHOST);
    const std::string answer =
        std::string(asker) + " said " + std::string(buffer.data(), n < 0 ? 0 : n);
    ::sendto(fd, answer.data(), answer.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
  }
}

int CallAbstract(const std::string& name) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  name.copy(address.sun_path + 1, sizeof address.sun_path - 1);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  const bool reached = ::connect(fd, reinterpret_cast<sockaddr*>(&address), size) == 0;
  std::puts(reached ? "reached" : ("refused: " + std::string(std::strerror(errno))).c_str());
  return 0;
}

int MakeNoise(const char* address, const char* port, int count) {
  const int fd = SocketOf(address, port, ::connect);
  for (int i = 0; i < count; ++i) {
    std::array<char, 1500> bytes;
    const size_t length = static_cast<size_t>(i) % bytes.size();
    if (::getrandom(bytes.data(), bytes.size(), 0) > 0) {
      ::send(fd, bytes.data(), length, 0);
    }
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string verb = argc > 1 ? argv[1] : "";
  if (verb == "udp" && argc == 5) {
    return Ask(argv[2], argv[3], argv[4]);
  }
  if (verb == "udp-server" && argc == 4) {
    return Serve(argv[2], argv[3]);
  }
  if (verb == "dns" && argc == 5) {
    return AskForName(argv[2], argv[3], argv[4]);
  }
  if (verb == "abstract" && argc == 3) {
    return CallAbstract(argv[2]);
  }
  if (verb == "noise" && argc == 5) {
    return MakeNoise(argv[2], argv[3], std::atoi(argv[4]));
  }
  return 2;
}
