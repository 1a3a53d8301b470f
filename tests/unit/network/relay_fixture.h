// What the tests of relays share: sockets of loopback, and a loop that turns while they wait.
#pragma once

#include <gmock/gmock.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <optional>
#include <string>

#include "runtime/base/fd.h"
#include "runtime/network/helper/event_loop.h"
#include "runtime/network/ip_address.h"

namespace tests {

class RelayTest : public testing::Test {
 protected:
  using UniqueFd = runtime::base::UniqueFd;

  static runtime::network::IpAddress Localhost() {
    return *runtime::network::IpAddress::Parse("127.0.0.1");
  }
  // On a free port; listening when it is a stream.
  static UniqueFd Bound(int type) {
    UniqueFd fd(::socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const runtime::network::SocketAddress any(Localhost(), 0);
    EXPECT_EQ(::bind(fd.get(), any.get(), any.size), 0);
    if (type == SOCK_STREAM) {
      EXPECT_EQ(::listen(fd.get(), 64), 0);
    }
    return fd;
  }
  static uint16_t PortOf(int fd) {
    sockaddr_in where = {};
    socklen_t size = sizeof where;
    EXPECT_EQ(::getsockname(fd, reinterpret_cast<sockaddr*>(&where), &size), 0);
    return ntohs(where.sin_port);
  }
  static UniqueFd ConnectedTo(uint16_t port, int type) {
    UniqueFd fd(::socket(AF_INET, type | SOCK_CLOEXEC, 0));
    const runtime::network::SocketAddress where(Localhost(), port);
    EXPECT_EQ(::connect(fd.get(), where.get(), where.size), 0);
    return fd;
  }
  static void Send(int fd, const std::string& bytes) {
    EXPECT_EQ(::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }

  static bool IsReady(int fd) {
    pollfd event = {fd, POLLIN, 0};
    return ::poll(&event, 1, 0) == 1;
  }
  void AwaitReady(int fd) {
    while (!IsReady(fd)) {
      loop_.Turn();
    }
  }
  UniqueFd Accept(int listener) {
    AwaitReady(listener);
    return UniqueFd(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
  }
  // What comes; nothing at the end, which is `errno` when it is a failure, else 0.
  std::optional<std::string> Receive(int fd) {
    AwaitReady(fd);
    std::array<char, 65536> buffer;
    const ssize_t n = ::recv(fd, buffer.data(), buffer.size(), 0);
    errno = n < 0 ? errno : 0;
    return n <= 0 ? std::nullopt
                  : std::optional(std::string(buffer.data(), static_cast<size_t>(n)));
  }

  runtime::network::helper::EventLoop loop_;
};

}  // namespace tests
