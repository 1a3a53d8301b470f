// Ports as users and images name them: whatever is read is within bounds, and an answer to itself.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "runtime/network/published_port.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using runtime::network::PublishedPort;
  const auto ports = PublishedPort::Parse({reinterpret_cast<const char*>(data), size});
  for (const PublishedPort& port : ports) {
    const bool good = port.port != 0 && port.IsAnswerTo(port) && !port.ToString().empty() &&
                      (port.last_host_port == 0 || (port.host_port != 0 && ports.size() == 1 &&
                                                    port.host_port < port.last_host_port));
    if (!good) {
      std::abort();
    }
  }
  return 0;
}
