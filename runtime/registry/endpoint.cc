#include "runtime/registry/endpoint.h"

#include "runtime/base/error.h"

namespace runtime::registry {
namespace {

constexpr char kHub[] = "docker.io";

bool IsHub(const std::string& host) {
  return host.empty() || host == kHub || host == "index.docker.io" ||
         host == "registry-1.docker.io";
}

}  // namespace

Endpoint EndpointOfHost(const std::string& host, bool plain_http) {
  const std::string reached = IsHub(host) ? "registry-1.docker.io" : host;
  std::optional<base::Url> url = base::ParseUrl("https://" + reached + "/");
  if (url && (plain_http || base::IsLoopback(url->host))) {
    url = base::ParseUrl("http://" + reached + "/");
  }
  if (!url || url->target != "/") {
    throw base::Error(base::ErrorKind::kUsage, "not a registry's host: " + host);
  }
  return {*url, "", IsHub(host) ? kHub : host};
}

Endpoint EndpointOf(const image::Reference& reference, bool plain_http) {
  Endpoint endpoint = EndpointOfHost(reference.host, plain_http);
  const bool one_word = reference.path.find('/') == std::string::npos;
  endpoint.repository =
      IsHub(reference.host) && one_word ? "library/" + reference.path : reference.path;
  return endpoint;
}

}  // namespace runtime::registry
