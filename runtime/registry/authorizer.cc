#include "runtime/registry/authorizer.h"

#include <nlohmann/json.hpp>

#include <algorithm>

#include "runtime/base/terminal_text.h"
#include "runtime/image/strict_json.h"

namespace runtime::registry {
namespace {

using base::Error;
using base::ErrorKind;

constexpr uint64_t kMaxTokenAnswer = 256 * 1024;
constexpr std::chrono::minutes kTokenTime{1};

std::string PercentEncode(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.' || c == '_' ||
        c == '~') {
      encoded += c;
    } else {
      const std::string hex = base::ToHex({&c, 1});
      encoded += "%" + hex;
    }
  }
  return encoded;
}

std::string Basic(const Credentials& credentials) {
  return "Basic " + EncodeBase64(credentials.user + ":" + credentials.password);
}

// The token of the service's answer, safe as a header's value.
std::string TokenOf(const base::HttpResponse& response, const std::string& what) {
  const nlohmann::json answer =
      image::ParseStrictJson(response.body, what, {.max_bytes = kMaxTokenAnswer});
  std::string token = image::StringMember(answer, "token", what);
  token = token.empty() ? image::StringMember(answer, "access_token", what) : token;
  const bool fine =
      std::all_of(token.begin(), token.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  if (token.empty() || !fine) {
    throw Error(ErrorKind::kInvalid, what + ": the answer holds no token");
  }
  return token;
}

}  // namespace

std::string ReasonOf(const base::HttpResponse& response) {
  const nlohmann::json answer = nlohmann::json::parse(response.body, nullptr, false);
  if (!answer.is_object() || !answer.contains("errors") || !answer["errors"].is_array() ||
      answer["errors"].empty() || !answer["errors"][0].is_object()) {
    return "";
  }
  std::string reason;
  for (const char* key : {"code", "message"}) {
    const auto found = answer["errors"][0].find(key);
    if (found != answer["errors"][0].end() && found->is_string()) {
      reason += (reason.empty() ? "" : ": ") + found->get<std::string>().substr(0, 200);
    }
  }
  return base::ForMessage(reason);
}

Authorizer::Authorizer(base::HttpTransport& transport, CredentialLookup lookup,
                       const Endpoint& endpoint, std::string actions, const RetryOptions& retry,
                       std::stop_token stop)
    : transport_(transport),
      lookup_(std::move(lookup)),
      endpoint_(endpoint),
      actions_(std::move(actions)),
      retry_(retry),
      stop_(std::move(stop)) {}

std::string Authorizer::Current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

Error Authorizer::Refused() const {
  const std::lock_guard lock(mutex_);
  return RefusedLocked();
}

Error Authorizer::RefusedLocked() const {
  const std::string command = "run `runner registry login " + endpoint_.host + "`";
  if (!credentials_) {
    return Error(ErrorKind::kPermission, endpoint_.host + " asks for a login: " + command);
  }
  return Error(ErrorKind::kPermission,
               endpoint_.host + " refused the login" +
                   (credentials_->user.empty() ? "" : " of " + credentials_->user) + ": " +
                   command + " with one that may do this");
}

std::string Authorizer::Renew(const base::HttpResponse& refusal, const std::string& used) {
  const std::lock_guard lock(mutex_);
  if (current_ != used) {
    return current_;  // another thread was faster
  }
  if (!looked_up_) {
    credentials_ = lookup_ ? lookup_(endpoint_.host) : std::nullopt;
    looked_up_ = true;
  }
  const std::vector<Challenge> challenges = ChallengesOf(refusal);
  const auto named = [&](const char* scheme) {
    return std::find_if(challenges.begin(), challenges.end(),
                        [&](const Challenge& c) { return c.scheme == scheme; });
  };
  if (const auto bearer = named("bearer"); bearer != challenges.end()) {
    current_ = "Bearer " + AskTokenService(*bearer);
    return current_;
  }
  if (named("basic") == challenges.end()) {
    throw Error(ErrorKind::kUnsupported,
                endpoint_.host + " asks for a login of a kind that isn't supported");
  }
  if (!credentials_ || credentials_->user.empty() || !used.empty()) {
    throw RefusedLocked();
  }
  current_ = Basic(*credentials_);
  return current_;
}

base::HttpRequest Authorizer::TokenRequest(const Challenge& challenge) const {
  const std::optional<base::Url> realm = base::ParseUrl(challenge.Parameter("realm"));
  const bool safe = realm && (realm->scheme == "https" || (endpoint_.url.scheme == "http" &&
                                                           realm->host == endpoint_.url.host));
  if (!safe) {
    throw Error(ErrorKind::kInvalid,
                endpoint_.host + " names a token service that isn't trusted with a login: " +
                    base::ForMessage(challenge.Parameter("realm").substr(0, 200)));
  }
  std::string scope = challenge.Parameter("scope");
  if (scope.empty() && !actions_.empty()) {
    scope = "repository:" + endpoint_.repository + ":" + actions_;
  }
  std::string query = "service=" + PercentEncode(challenge.Parameter("service"));
  query += scope.empty() ? "" : "&scope=" + PercentEncode(scope);
  base::HttpRequest request;
  request.url = realm->ToString();
  request.max_response_bytes = kMaxTokenAnswer;
  request.total_timeout = kTokenTime;
  request.stop = stop_;
  if (credentials_ && !credentials_->identity_token.empty()) {
    request.method = "POST";
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
    request.body = query + "&client_id=runner&grant_type=refresh_token&refresh_token=" +
                   PercentEncode(credentials_->identity_token);
    return request;
  }
  request.url += (realm->target.find('?') == std::string::npos ? "?" : "&") + query;
  if (credentials_) {
    request.headers = {{"Authorization", Basic(*credentials_)}};
  }
  return request;
}

std::string Authorizer::AskTokenService(const Challenge& challenge) {
  const base::HttpRequest request = TokenRequest(challenge);
  const std::string what = "token service of " + endpoint_.host;
  Retry retry(retry_, stop_);
  for (;;) {
    std::optional<base::HttpResponse> response;
    try {
      response = transport_.Send(request);
    } catch (const Error& e) {
      if (!IsTemporary(e) || !retry.Again()) {
        throw;
      }
      continue;
    }
    if (response->status == 200) {
      return TokenOf(*response, what);
    }
    if (response->status == 401 || response->status == 403) {
      throw RefusedLocked();
    }
    if (!IsTemporary(response->status) || !retry.Again(RetryAfter(*response))) {
      throw Error(response->status >= 500 ? ErrorKind::kUnavailable : ErrorKind::kInvalid,
                  what + " answers " + std::to_string(response->status));
    }
  }
}

}  // namespace runtime::registry
