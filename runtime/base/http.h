// HttpTransport: one HTTP exchange as a client. A seam: tests put a fake behind it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runtime::base {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method = "GET";
  std::string url;  // http:// or https://, with host and path; never with userinfo
  HttpHeaders headers;
  std::string body;
  // Streamed body in place of `body`: called for up to `max` bytes at an offset until body_size
  // bytes were given.
  std::function<std::string(uint64_t offset, size_t max)> body_source;
  uint64_t body_size = 0;
  // Streams the response body of a 2xx answer; false stops. Without it the body is collected.
  std::function<bool(std::string_view chunk)> body_sink;
  uint64_t max_response_bytes = 4u << 20;  // more than this fails with kInvalid
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds idle_timeout{60'000};  // no byte for so long fails
};

struct HttpResponse {
  int status = 0;
  HttpHeaders headers;
  std::string body;
  // First header of that name, case-insensitive.
  std::optional<std::string> Header(std::string_view name) const;
};

// Follows no redirect, decodes no compression, retries nothing. Throws Error (kUnavailable) when no
// whole answer came. Calls may come from several threads.
class HttpTransport {
 public:
  virtual ~HttpTransport() = default;
  virtual HttpResponse Send(const HttpRequest& request) = 0;
};

// The real one, over cpp-httplib and OpenSSL with the host's CA certificates.
std::unique_ptr<HttpTransport> MakeHttpTransport();

// "http://host:port/path?query" taken apart; nothing for anything else.
struct Url {
  std::string scheme;
  std::string host;  // without brackets for IPv6
  int port = 0;
  std::string target;  // path and query, "/" at least
  std::string Origin() const;  // scheme://host:port
};
std::optional<Url> ParseUrl(std::string_view text);

}  // namespace runtime::base
