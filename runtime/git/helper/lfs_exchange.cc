#include "runtime/git/helper/lfs_exchange.h"

#include <openssl/evp.h>
#include <strings.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "runtime/base/error.h"
#include "runtime/base/resolve.h"
#include "runtime/base/terminal_text.h"

namespace runtime::git {
namespace {

using base::Error;
using base::ErrorKind;
using base::ForMessage;
using base::Url;

constexpr int kMaxRedirects = 5;
constexpr size_t kMaxShownUrl = 200;

std::string Base64(const std::string& text) {
  std::string encoded(4 * ((text.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  encoded.resize(static_cast<size_t>(size));
  return encoded;
}

std::vector<network::IpAddress> AddressesOf(const std::optional<Url>& url) {
  std::vector<network::IpAddress> found;
  if (url) {
    const base::Addresses addresses = base::Resolve(url->host, url->port, {});
    for (const addrinfo* a = addresses.get(); a != nullptr; a = a->ai_next) {
      if (const auto address = network::IpAddress::From(*a->ai_addr)) {
        found.push_back(*address);
      }
    }
  }
  return found;
}

bool IsAuthorization(const std::string& name) {
  return ::strcasecmp(name.c_str(), "authorization") == 0;
}

Url ToUrl(const std::string& text) {
  const std::optional<Url> url = base::ParseUrl(text);
  if (!url) {
    throw Error(ErrorKind::kInvalid, "it leads to \"" + ForMessage(text.substr(0, kMaxShownUrl)) +
                                         "\", which is no address by http or https");
  }
  return *url;
}

bool IsRedirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Url NextOf(const Url& url, const base::HttpResponse& response) {
  const std::string location = response.Header("Location").value_or("");
  const std::optional<Url> next = base::ResolveUrl(url, location);
  if (!next || (url.scheme == "https" && next->scheme != "https")) {
    throw Error(ErrorKind::kInvalid, url.HostAndPort() + " redirects to \"" +
                                         ForMessage(location.substr(0, kMaxShownUrl)) +
                                         "\", which isn't followed");
  }
  return *next;
}

}  // namespace

LfsExchange::LfsExchange(base::HttpTransport& transport, const std::string& repository,
                         const Credential& credential, bool with_credential)
    : transport_(transport), policy_(AddressesOf(base::ParseUrl(repository))) {
  if (const std::optional<Url> url = base::ParseUrl(repository)) {
    own_origin_ = url->Origin();
  }
  if (with_credential && !credential.password.empty()) {
    login_ = "Basic " + Base64(credential.username + ":" + credential.password);
  }
}

base::HttpResponse LfsExchange::Send(base::HttpRequest request,
                                     const base::HttpHeaders& given) const {
  const base::HttpHeaders usual = request.headers;
  Url url = ToUrl(request.url);
  const std::string first_origin = url.Origin();
  bool at_first = true;
  bool at_own = true;
  for (int redirects = 0; redirects <= kMaxRedirects; ++redirects) {
    at_first = at_first && url.Origin() == first_origin;
    at_own = at_own && url.Origin() == own_origin_;
    request.headers = usual;
    if (at_first) {
      request.headers.insert(request.headers.end(), given.begin(), given.end());
    }
    if (at_own && !login_.empty() &&
        std::none_of(given.begin(), given.end(),
                     [](const auto& header) { return IsAuthorization(header.first); })) {
      request.headers.emplace_back("Authorization", login_);
    }
    request.may_reach = nullptr;
    if (!at_own) {
      request.may_reach = [this](const sockaddr& to) {
        const auto address = network::IpAddress::From(to);
        return address && policy_.Allows(*address);
      };
    }
    request.url = url.ToString();
    base::HttpResponse response = transport_.Send(request);
    if (!IsRedirect(response.status)) {
      return response;
    }
    url = NextOf(url, response);
  }
  throw Error(ErrorKind::kInvalid, "more than " + std::to_string(kMaxRedirects) +
                                       " redirects, the last to " + url.HostAndPort());
}

}  // namespace runtime::git
