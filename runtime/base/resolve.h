// A host's addresses, whose wait can be ended.
#pragma once

#include <netdb.h>

#include <memory>
#include <stop_token>
#include <string>

namespace runtime::base {

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

// The TCP addresses of a name or literal address (getaddrinfo(3)). Throws Error: kNotFound when the
// name doesn't exist, kUnavailable when nobody answers, kCancelled after a stop.
Addresses Resolve(const std::string& host, int port, const std::stop_token& stop);

}  // namespace runtime::base
