// A request and its answer, as the server's handlers see them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/base/fd.h"
#include "runtime/base/http.h"

namespace runner::serve {

// Everything in it comes from a stranger.
struct HttpCall {
  std::string method;  // "GET", "HEAD", "POST", ...
  std::string target;  // as sent: "/runs?page=2"
  runtime::base::HttpHeaders headers;
  std::string body;
  std::string peer;  // IP address, or "unix"

  // The target's path, without the query.
  std::string_view path() const { return std::string_view(target).substr(0, target.find('?')); }
  // The first header of that name, case-insensitive.
  std::optional<std::string> Header(std::string_view name) const;
};

struct HttpReply {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  runtime::base::HttpHeaders
      headers;  // beside Content-Type, Content-Length and the security headers
  // In place of `body`: so many bytes of this file, from its beginning. Sent in parts.
  std::shared_ptr<const runtime::base::UniqueFd> file = nullptr;
  uint64_t file_bytes = 0;
};

}  // namespace runner::serve
