// Endpoint: where an image's repository is reached.
#pragma once

#include <string>

#include "runtime/base/http.h"
#include "runtime/image/reference.h"

namespace runtime::registry {

struct Endpoint {
  base::Url url;           // of the registry; its path and query say nothing
  std::string repository;  // as the registry names it: "library/debian"
  std::string host;        // as people name it, and credentials are filed: "docker.io", "host:5000"
};

// An empty host and "docker.io" mean Docker Hub, whose one-word names are in "library/". Plain http
// for loopback hosts, and for all when `plain_http`; https otherwise. Throws Error (kUsage) when
// the host isn't one.
Endpoint EndpointOf(const image::Reference& reference, bool plain_http);

// The same for a registry alone.
Endpoint EndpointOfHost(const std::string& host, bool plain_http);

}  // namespace runtime::registry
