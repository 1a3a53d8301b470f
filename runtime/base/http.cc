#include "runtime/base/http.h"

#include <arpa/inet.h>
#include <strings.h>

#include <algorithm>
#include <cctype>

#include "runtime/base/error.h"
#include "runtime/base/text.h"

namespace runtime::base {
namespace {

constexpr size_t kMaxUrl = 8192;
constexpr size_t kMaxValue = 64 * 1024;

bool IsVisibleAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

bool IsHostName(std::string_view host) {
  const bool plain = std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
  });
  return !host.empty() && host.size() <= 253 && host.front() != '-' && plain;
}

bool IsIpv6(const std::string& host) {
  in6_addr address;
  return ::inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

std::optional<int> ParsePort(std::string_view digits) {
  const auto port = ParseInteger<int>(digits);
  return port && *port >= 1 && *port <= 65535 ? port : std::nullopt;
}

// "host", "host:port", "[v6]", "[v6]:port".
bool ParseAuthority(std::string_view authority, Url& url) {
  std::string_view port;
  if (!authority.empty() && authority.front() == '[') {
    const size_t close = authority.find(']');
    if (close == std::string_view::npos) {
      return false;
    }
    url.host = authority.substr(1, close - 1);
    port = authority.substr(close + 1);
    if (!IsIpv6(url.host) || (!port.empty() && port.front() != ':')) {
      return false;
    }
  } else {
    const size_t colon = std::min(authority.find(':'), authority.size());
    url.host = authority.substr(0, colon);
    port = authority.substr(colon);
    if (!IsHostName(url.host)) {
      return false;
    }
  }
  if (!port.empty()) {
    const std::optional<int> number = ParsePort(port.substr(1));
    url.port = number.value_or(0);
    return number.has_value();
  }
  return true;
}

bool IsToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

// Field values of RFC 9110, section 5.5.
bool IsFieldValue(std::string_view text) {
  return text.size() < kMaxValue && std::all_of(text.begin(), text.end(), [](char c) {
           return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
         });
}

}  // namespace

std::optional<std::string> HttpResponse::Header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key.size() == name.size() && ::strncasecmp(key.data(), name.data(), name.size()) == 0) {
      return value;
    }
  }
  return std::nullopt;
}

std::string Url::HostAndPort() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::string Url::Origin() const { return scheme + "://" + HostAndPort(); }

std::optional<Url> ParseUrl(std::string_view text) {
  if (text.size() > kMaxUrl || !IsVisibleAscii(text) || text.find('#') != std::string_view::npos) {
    return std::nullopt;
  }
  Url url;
  const size_t scheme_end = std::min(text.find("://"), text.size());
  url.scheme = text.substr(0, scheme_end);
  std::transform(url.scheme.begin(), url.scheme.end(), url.scheme.begin(), ::tolower);
  if (url.scheme != "http" && url.scheme != "https") {
    return std::nullopt;
  }
  url.port = url.scheme == "https" ? 443 : 80;
  const std::string_view rest = text.substr(scheme_end + 3);
  const size_t authority_end = std::min(rest.find_first_of("/?"), rest.size());
  if (!ParseAuthority(rest.substr(0, authority_end), url)) {
    return std::nullopt;
  }
  std::transform(url.host.begin(), url.host.end(), url.host.begin(), ::tolower);
  url.target = rest.substr(authority_end);
  if (url.target.empty() || url.target.front() == '?') {
    url.target.insert(0, "/");
  }
  return url;
}

std::optional<Url> ResolveUrl(const Url& base, std::string_view location) {
  if (location.starts_with("//")) {
    return ParseUrl(base.scheme + ":" + std::string(location));
  }
  if (location.starts_with('/')) {
    return ParseUrl(base.Origin() + std::string(location));
  }
  return ParseUrl(location);
}

Url CheckHttpRequest(const HttpRequest& request) {
  const std::optional<Url> url = ParseUrl(request.url);
  if (!url) {
    throw Error(ErrorKind::kUsage, "not an http or https URL: " + request.url);
  }
  bool fine = IsToken(request.method);
  for (const auto& [name, value] : request.headers) {
    fine = fine && IsToken(name) && IsFieldValue(value);
  }
  if (!fine) {
    throw Error(ErrorKind::kUsage, "request to " + url->HostAndPort() +
                                       ": a header or the method has characters that HTTP doesn't"
                                       " allow");
  }
  return *url;
}

bool IsLoopback(std::string_view host) {
  const std::string name(host);
  in_addr v4;
  if (::inet_pton(AF_INET, name.c_str(), &v4) == 1) {
    return (ntohl(v4.s_addr) >> 24) == 127;
  }
  return name == "localhost" || name == "::1";
}

}  // namespace runtime::base
