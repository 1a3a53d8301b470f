// AddressPolicy: which addresses the answers of a repository's server, and addresses that a
// repository itself names, may lead to. Whoever wrote them would otherwise have us ask for them
// what only this host can reach: a cloud's metadata, a service of this host, a network behind it.
#pragma once

#include <vector>

#include "runtime/network/ip_address.h"

namespace runtime::git {

// The whole world; the loopback addresses for a repository that is at one; private networks (RFC
// 1918, RFC 6598, RFC 4193) for a repository that is in one. Nothing else: no address of a link, of
// a group, or that leads around to another.
class AddressPolicy {
 public:
  // `own`: those of the repository's host.
  explicit AddressPolicy(const std::vector<network::IpAddress>& own);
  bool Allows(const network::IpAddress& address) const;

 private:
  bool loopback_ = false;
  bool private_ = false;
};

}  // namespace runtime::git
