#include "runtime/base/error.h"
#include "runtime/registry/client.h"
#include "runtime/registry/session.h"

namespace runtime::registry {

void Client::CheckLogin(const std::string& host, const Credentials& credentials) const {
  const Endpoint endpoint = EndpointOfHost(host, options_.plain_http);
  const auto lookup = [&](const std::string&) { return std::optional(credentials); };
  base::WithContext("log in to " + endpoint.host, [&] {
    Session session(transport_, lookup, endpoint, "", options_.retry);
    const base::HttpResponse response = session.Send(session.Request(""));
    if (response.status != 200) {
      throw session.StatusError(response);
    }
  });
}

}  // namespace runtime::registry
