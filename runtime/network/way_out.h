// WayOut: pasta(1), which carries what leaves a job's network to the host's sockets, and back. It
// needs no privilege and leaves nothing on the host: no address, no route, no rule. It runs as a
// user that nobody is, guarded by a process whose end is its own.
#pragma once

#include <filesystem>

#include "runtime/network/helper_process.h"
#include "runtime/network/host_network.h"
#include "runtime/network/namespaces.h"

namespace runtime::network {

class WayOut {
 public:
  // Begins to make the device kOutName in the job's namespace, with addresses and a default route
  // for each version of IP that the host has a default route for. Throws Error; kUnsupported that
  // names the package where there is no pasta.
  WayOut(const std::filesystem::path& helper, const NetworkNamespace& job, const HostNetwork& host);
  // Returns when it is there. Throws Error.
  void Await() const { guard_.AwaitStart(); }

 private:
  HelperProcess guard_;
};

}  // namespace runtime::network
