#include "runtime/registry/session.h"

#include "runtime/base/terminal_text.h"

namespace runtime::registry {
namespace {

using base::Error;
using base::ErrorKind;
using base::HttpRequest;
using base::HttpResponse;

constexpr int kMaxRedirects = 5;
constexpr int kMaxRenewals = 2;
constexpr std::chrono::minutes kSmallAnswerTime{2};

bool IsRedirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

}  // namespace

Session::Session(base::HttpTransport& transport, CredentialLookup lookup, Endpoint endpoint,
                 std::string actions, RetryOptions retry, std::stop_token stop)
    : transport_(transport),
      endpoint_(std::move(endpoint)),
      retry_(std::move(retry)),
      stop_(std::move(stop)),
      authorizer_(transport, std::move(lookup), endpoint_, std::move(actions), retry_, stop_) {}

std::string Session::name() const {
  return endpoint_.repository.empty() ? endpoint_.host
                                      : endpoint_.host + "/" + endpoint_.repository;
}

HttpRequest Session::Request(const std::string& path) const {
  HttpRequest request;
  request.url = endpoint_.url.Origin() + "/v2/" + endpoint_.repository + path;
  request.total_timeout = kSmallAnswerTime;
  request.stop = stop_;
  return request;
}

HttpResponse Session::Send(HttpRequest request, const Prepare& prepare) {
  Retry retry(retry_, stop_);
  for (;;) {
    if (prepare && prepare(request)) {
      retry.Forgive();
    }
    try {
      HttpResponse response = SendOnce(request);
      if (!IsTemporary(response.status) || !retry.Again(RetryAfter(response))) {
        return response;
      }
    } catch (const Error& e) {
      if (!IsTemporary(e) || !retry.Again()) {
        throw;
      }
    }
  }
}

HttpResponse Session::SendOnce(HttpRequest request) {
  for (int hops = 0;; ++hops) {
    HttpResponse response = SendAuthorized(request);
    if (!IsRedirect(response.status) || (request.method != "GET" && request.method != "HEAD")) {
      return response;
    }
    if (hops == kMaxRedirects) {
      throw Error(ErrorKind::kInvalid, endpoint_.host + " redirects more than " +
                                           std::to_string(kMaxRedirects) + " times");
    }
    request.url = Location(request.url, response).ToString();
  }
}

HttpResponse Session::SendAuthorized(const HttpRequest& request) {
  const std::optional<base::Url> url = base::ParseUrl(request.url);
  if (!url || url->Origin() != endpoint_.url.Origin()) {
    return transport_.Send(request);
  }
  std::string value = authorizer_.Current();
  for (int renewals = 0;; ++renewals) {
    HttpRequest authorized = request;
    if (!value.empty()) {
      authorized.headers.emplace_back("Authorization", value);
    }
    HttpResponse response = transport_.Send(authorized);
    if (response.status != 401) {
      return response;
    }
    if (renewals == kMaxRenewals) {
      throw authorizer_.Refused();
    }
    value = authorizer_.Renew(response, value);
  }
}

base::Url Session::Location(const std::string& from, const HttpResponse& response) const {
  const std::string text = response.Header("Location").value_or("");
  const std::optional<base::Url> base = base::ParseUrl(from);
  const std::optional<base::Url> target = base ? base::ResolveUrl(*base, text) : std::nullopt;
  if (!target) {
    throw Error(ErrorKind::kInvalid, endpoint_.host +
                                         " points to what isn't an http or https URL: " +
                                         base::ForMessage(text.substr(0, 200)));
  }
  const bool both_loopback = base::IsLoopback(target->host) && base::IsLoopback(endpoint_.url.host);
  const bool same_host = target->host == endpoint_.url.host;
  if (target->scheme == "http" && (base->scheme == "https" || !(same_host || both_loopback))) {
    throw Error(
        ErrorKind::kInvalid,
        endpoint_.host + " points to plain http, which isn't followed: " + target->Origin());
  }
  return *target;
}

Error Session::StatusError(const HttpResponse& response) const {
  const int status = response.status;
  const std::string reason = ReasonOf(response);
  const std::string said = reason.empty() ? "" : ": " + reason;
  if (status == 403) {
    return Error(ErrorKind::kPermission, endpoint_.host + " denies access" + said);
  }
  if (status == 404) {
    return Error(ErrorKind::kNotFound, endpoint_.host + " doesn't have it" + said);
  }
  if (status == 429) {
    return Error(ErrorKind::kUnavailable,
                 endpoint_.host + " answers 429 (too many requests)" + said);
  }
  return Error(status >= 500 ? ErrorKind::kUnavailable : ErrorKind::kInvalid,
               endpoint_.host + " answers " + std::to_string(status) + said);
}

}  // namespace runtime::registry
