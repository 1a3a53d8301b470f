#include "runner/serve/http_reply.h"

#include <strings.h>

namespace runner::serve {
namespace {

namespace http = boost::beast::http;

constexpr std::pair<const char*, const char*> kSecurityHeaders[] = {
    {"Content-Security-Policy",
     "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
     "frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
};

bool IsOneLine(const std::string& text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos;
}

}  // namespace

std::optional<std::string> HttpCall::Header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key.size() == name.size() && ::strncasecmp(key.data(), name.data(), name.size()) == 0) {
      return value;
    }
  }
  return std::nullopt;
}

http::response<http::string_body> MakeResponse(HttpReply reply, bool head_only, bool keep_alive) {
  constexpr unsigned kHttp11 = 11;
  http::response<http::string_body> response;
  response.version(kHttp11);
  response.result(static_cast<unsigned>(reply.status));
  response.keep_alive(keep_alive);
  for (const auto& [name, value] : kSecurityHeaders) {
    response.set(name, value);
  }
  if (IsOneLine(reply.content_type)) {
    response.set(http::field::content_type, reply.content_type);
  }
  for (const auto& [name, value] : reply.headers) {
    if (IsOneLine(name) && IsOneLine(value)) {
      response.set(name, value);
    }
  }
  response.content_length(reply.body.size() + reply.file_bytes);
  if (!head_only) {
    response.body() = std::move(reply.body);
  }
  return response;
}

}  // namespace runner::serve
