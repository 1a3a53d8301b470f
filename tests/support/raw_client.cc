#include "tests/support/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <cstdlib>
#include <cstring>

#include "runtime/base/error.h"

namespace tests {
namespace {

using runtime::base::Error;
using runtime::base::UniqueFd;

UniqueFd Connect(const std::string& address) {
  constexpr std::string_view kUnix = "unix:";
  const bool local = address.starts_with(kUnix);
  UniqueFd socket(::socket(local ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  int result = -1;
  if (local) {
    sockaddr_un target = {};
    target.sun_family = AF_UNIX;
    std::strncpy(target.sun_path, address.c_str() + kUnix.size(), sizeof target.sun_path - 1);
    result = ::connect(socket.get(), reinterpret_cast<sockaddr*>(&target), sizeof target);
  } else {
    sockaddr_in target = {};
    target.sin_family = AF_INET;
    const size_t colon = address.rfind(':');
    ::inet_pton(AF_INET, address.substr(0, colon).c_str(), &target.sin_addr);
    target.sin_port = htons(static_cast<uint16_t>(std::atoi(address.c_str() + colon + 1)));
    result = ::connect(socket.get(), reinterpret_cast<sockaddr*>(&target), sizeof target);
  }
  if (result != 0) {
    throw Error::FromErrno("connect " + address);
  }
  const timeval limit = {.tv_sec = 20, .tv_usec = 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  return socket;
}

}  // namespace

RawClient::RawClient(const std::string& address) : socket_(Connect(address)) {}

bool RawClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

void RawClient::FinishSending() { ::shutdown(socket_.get(), SHUT_WR); }

bool RawClient::Fill() {
  char buffer[16384];
  const ssize_t got = ::recv(socket_.get(), buffer, sizeof buffer, 0);
  if (got > 0) {
    received_.append(buffer, static_cast<size_t>(got));
  }
  return got > 0;
}

RawClient::Answer RawClient::Read(bool head_only) {
  size_t end = std::string::npos;
  while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
    if (!Fill()) {
      return {};
    }
  }
  Answer answer;
  answer.head = received_.substr(0, end + 2);
  received_.erase(0, end + 4);
  answer.status = std::atoi(answer.head.c_str() + std::strlen("HTTP/1.1 "));
  const size_t length = answer.head.find("Content-Length: ");
  const size_t size = length == std::string::npos || head_only
                          ? 0
                          : std::strtoul(answer.head.c_str() + length + 16, nullptr, 10);
  while (received_.size() < size) {
    if (!Fill()) {
      break;
    }
  }
  answer.body = received_.substr(0, size);
  received_.erase(0, size);
  return answer;
}

std::string RawClient::ReadToEnd() {
  while (Fill()) {
  }
  return std::exchange(received_, {});
}

bool RawClient::AwaitClose() {
  char byte = 0;
  const ssize_t got = ::recv(socket_.get(), &byte, 1, 0);
  return received_.empty() && (got == 0 || (got < 0 && errno == ECONNRESET));
}

RawClient::Answer Ask(const std::string& address, std::string_view request) {
  RawClient client(address);
  client.Send(request);
  return client.Read();
}

}  // namespace tests
