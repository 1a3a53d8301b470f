// The HTTP client of the git helper, which is static: Debian has cpp-httplib as a shared library
// alone, so here Boost.Beast reads the grammar of answers. Connections, TLS and their bounds are
// those of runtime/base/http_connection.h.
#pragma once

#include <memory>

#include "runtime/base/http.h"

namespace runtime::git {

// As HttpTransport says, but for `body_source` and `head_sink`, which nobody uses here. https
// servers are checked against the certificates that runtime/base/http_connection.h tells.
std::unique_ptr<base::HttpTransport> MakeStaticHttpTransport();

}  // namespace runtime::git
