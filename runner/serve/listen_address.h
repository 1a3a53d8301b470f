// Where the server listens: "127.0.0.1:8080", "[::1]:8080", "unix:/run/runner.sock".
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/base/fd.h"

namespace runner::serve {

struct ListenAddress {
  std::string host;            // an IP address, without brackets; empty for a Unix socket
  int port = 0;                // 0: the kernel chooses
  std::filesystem::path path;  // of a Unix socket

  bool is_unix() const { return !path.empty(); }
};

// Host names aren't looked up, but for "localhost" (127.0.0.1).
std::optional<ListenAddress> ParseListenAddress(std::string_view text);

// A listening socket, non-blocking and close-on-exec. A Unix socket that nobody listens on any more
// is replaced; it gets mode 0660. Throws Error ("listen on 127.0.0.1:80: Permission denied").
runtime::base::UniqueFd Listen(const ListenAddress& address);

// The address it is bound to, with the port that the kernel chose: "127.0.0.1:40001".
std::string BoundAddress(int socket);

// The other end of an accepted socket: its IP address, or "unix".
std::string PeerAddress(int socket);

}  // namespace runner::serve
