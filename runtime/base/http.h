// HttpTransport: one HTTP exchange as a client. A seam: tests put a fake behind it.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runtime::base {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpResponse {
  int status = 0;
  HttpHeaders headers;
  std::string body;
  // First header of that name, case-insensitive.
  std::optional<std::string> Header(std::string_view name) const;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;  // http:// or https://, with host and path; never with userinfo
  HttpHeaders headers;
  std::string body;
  // Streamed body in place of `body`: called for up to `max` bytes at an offset until body_size
  // bytes were given.
  std::function<std::string(uint64_t offset, size_t max)> body_source;
  uint64_t body_size = 0;
  // Called once, when status and headers are there, before any of the body. An exception of it
  // comes out of Send.
  std::function<void(const HttpResponse& head)> head_sink;
  // Streams the response body of a 2xx answer; false stops, and Send answers what came so far. An
  // exception of the sink comes out of Send. Before a failure it gets what came. Without it the
  // body is collected.
  std::function<bool(std::string_view chunk)> body_sink;
  // A body beyond this fails with kInvalid. Of an answer other than 2xx, the first 64 KiB count.
  uint64_t max_response_bytes = 4u << 20;
  std::chrono::milliseconds connect_timeout{10'000};
  // No byte for so long fails; so does a header that isn't complete so long after the request.
  std::chrono::milliseconds idle_timeout{60'000};
  std::chrono::milliseconds total_timeout{0};  // for everything together; 0: no such bound
  // Addresses of the host for which it is false are passed over; null: all may be.
  std::function<bool(const sockaddr& address)> may_reach = {};
  // A stop ends the exchange at once, wherever it is.
  std::stop_token stop = {};
};

// Follows no redirect, decodes no compression, retries nothing. Calls may come from several
// threads.
//
// Throws Error: kNotFound when the host's name doesn't exist, kUnavailable when no whole answer
// came (refused, cut, too slow), kPermission when the host has no address that may be reached,
// kInvalid when the other side breaks a bound (header lines of 8
// KiB, 64 KiB of header, max_response_bytes), doesn't speak HTTP, or shows a certificate that
// doesn't hold, kCancelled after a stop, and kUsage, before anything is sent, when the method, URL
// or a header of the request has characters that could forge a line.
class HttpTransport {
 public:
  virtual ~HttpTransport() = default;
  virtual HttpResponse Send(const HttpRequest& request) = 0;
};

// The real one, over cpp-httplib and OpenSSL with the host's CA certificates.
std::unique_ptr<HttpTransport> MakeHttpTransport();

// The same for static programs, over Boost.Beast: the git helper's.
std::unique_ptr<HttpTransport> MakeStaticHttpTransport();

// "http://host:port/path?query" taken apart (RFC 3986). Only visible ASCII, so that it can't forge
// a line of a request.
struct Url {
  std::string scheme;
  std::string host;  // without brackets for IPv6
  int port = 0;
  std::string target;               // path and query, "/" at least
  std::string HostAndPort() const;  // "host:port", "[::1]:port"
  std::string Origin() const;       // scheme://host:port
  std::string ToString() const { return Origin() + target; }
};

// Nothing for anything but an absolute http or https URL without userinfo and fragment.
std::optional<Url> ParseUrl(std::string_view text);

// What a Location header means: absolute, or a path of `base`. Nothing for any other form.
std::optional<Url> ResolveUrl(const Url& base, std::string_view location);

// Where a request goes. Throws Error (kUsage) for one that Send() refuses before anything is sent.
Url CheckHttpRequest(const HttpRequest& request);

// Its host is "localhost" or a literal loopback address.
bool IsLoopback(std::string_view host);

}  // namespace runtime::base
