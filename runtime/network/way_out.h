// WayOut: slirp4netns(1), which carries what leaves a job's network to sockets of the host, and
// back. It needs no privilege and leaves nothing on the host: no address, no route, no rule. It
// runs as a user that nobody is, guarded by a process whose end is its own.
//
// Not pasta(1): that of Debian 12 loses what is still to come once one side has said that it sends
// nothing more.
#pragma once

#include <filesystem>
#include <string>

#include "runtime/network/helper_process.h"
#include "runtime/network/host_network.h"
#include "runtime/network/namespaces.h"

namespace runtime::network {

class WayOut {
 public:
  // Begins to make the device kOutName in the job's namespace. Throws Error; kUnsupported that
  // names the package where the program isn't there, kUnavailable where the host reaches nothing
  // itself.
  WayOut(const std::filesystem::path& helper, const std::string& owner, const NetworkNamespace& job,
         const HostNetwork& host);
  // Returns when it is there, with its address and default route of IPv4. Throws Error.
  void Await() const;

 private:
  HelperProcess guard_;
};

}  // namespace runtime::network
