// Which ports the programs of a network namespace listen on, as the kernel tells it (proc_net(5)):
// nothing is sent there, and nothing of a container is run.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace runner {

struct ContainerPort {
  uint16_t number = 0;
  bool udp = false;
  bool operator==(const ContainerPort&) const = default;
};

// "5432/tcp" or "5432", as images expose them; nothing for any other form.
std::optional<ContainerPort> ParseContainerPort(std::string_view text);

// kOnLoopback: where nobody else reaches it.
enum class Listening { kNo, kOnLoopback, kYes };

// In a table of the form of /proc/net/tcp, udp, tcp6 or udp6.
Listening FindListener(std::string_view table, const ContainerPort& port);

// In that network namespace. Throws Error.
Listening FindListener(int network, const ContainerPort& port);

}  // namespace runner
