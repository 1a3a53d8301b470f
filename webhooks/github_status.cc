#include "webhooks/github_status.h"

#include <algorithm>
#include <charconv>
#include <exception>
#include <optional>

#include "runtime/base/terminal_text.h"

namespace webhooks {
namespace {

using runtime::base::HttpRequest;
using runtime::base::HttpResponse;
using std::chrono::milliseconds;

constexpr int kMaxRedirects = 3;
constexpr int kHttpForbidden = 403;
constexpr int kHttpTooManyRequests = 429;

std::optional<long> Number(const std::optional<std::string>& text) {
  long value = 0;
  if (!text) {
    return std::nullopt;
  }
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  return error == std::errc() && end == text->data() + text->size() && value >= 0
             ? std::optional(value)
             : std::nullopt;
}

bool RateLimited(const HttpResponse& response) {
  return response.status == kHttpTooManyRequests ||
         (response.status == kHttpForbidden &&
          (response.Header("Retry-After") ||
           Number(response.Header("x-ratelimit-remaining")) == 0));
}

bool MayWorkLater(const HttpResponse& response) {
  return response.status >= 500 || RateLimited(response);
}

bool IsRedirect(int status) {
  return status == 301 || status == 302 || status == 307 || status == 308;
}

// How long the answer asks to wait ("Rate limits for the REST API": Retry-After first, then the
// time at which the limit is reset).
std::optional<milliseconds> AskedDelay(const HttpResponse& response) {
  constexpr long kDay = 86'400;
  if (const auto seconds = Number(response.Header("Retry-After"))) {
    return milliseconds(1000 * std::min(*seconds, kDay));
  }
  if (Number(response.Header("x-ratelimit-remaining")) == 0) {
    if (const auto reset = Number(response.Header("x-ratelimit-reset"))) {
      const long now = std::chrono::duration_cast<std::chrono::seconds>(
                           std::chrono::system_clock::now().time_since_epoch())
                           .count();
      return milliseconds(1000 * std::clamp(*reset - now, 0L, kDay));
    }
  }
  return std::nullopt;
}

// The redirect's target, if it stays with whom the token is for.
std::optional<std::string> SameOriginTarget(const HttpResponse& response, const std::string& from) {
  const auto location = response.Header("Location");
  const auto source = runtime::base::ParseUrl(from);
  if (!location || !source) {
    return std::nullopt;
  }
  const auto target = runtime::base::ResolveUrl(*source, *location);
  return target && source->Origin() == target->Origin() ? std::optional(target->ToString())
                                                        : std::nullopt;
}

HttpRequest MakeRequest(const GithubStatusClient::Options& options, const CommitStatus& status) {
  HttpRequest request;
  request.method = "POST";
  request.url = options.api + "/repos/" + status.repository + "/statuses/" + status.commit;
  request.headers = {{"Authorization", "Bearer " + options.token},
                     {"Accept", "application/vnd.github+json, application/json;q=0.9"},
                     {"Content-Type", "application/json"},
                     {"X-GitHub-Api-Version", "2022-11-28"},
                     {"User-Agent", "runner"}};
  request.body = ToJson(status);
  request.idle_timeout = milliseconds(30'000);
  return request;
}

}  // namespace

GithubStatusClient::GithubStatusClient(runtime::base::HttpTransport& transport, Options options)
    : transport_(transport), options_(std::move(options)) {}

std::string GithubStatusClient::Send(const CommitStatus& status, const Wait& wait,
                                     const std::stop_token& stop) const {
  HttpRequest request = MakeRequest(options_, status);
  request.stop = stop;
  milliseconds delay = options_.first_delay;
  std::string problem;
  int redirects = 0;
  for (int attempt = 1; attempt <= options_.attempts; ++attempt) {
    std::optional<milliseconds> asked;
    try {
      const HttpResponse response = transport_.Send(request);
      if (response.status >= 200 && response.status < 300) {
        return "";
      }
      problem = "HTTP status " + std::to_string(response.status);
      if (IsRedirect(response.status) && redirects < kMaxRedirects) {
        if (const auto target = SameOriginTarget(response, request.url)) {
          request.url = *target;
          ++redirects;
          --attempt;
          continue;
        }
      }
      if (!MayWorkLater(response)) {
        return problem + ": " + runtime::base::ForMessage(response.body.substr(0, 200));
      }
      asked = AskedDelay(response);
    } catch (const std::exception& e) {
      problem = runtime::base::ForMessage(e.what());
    }
    if (attempt == options_.attempts || stop.stop_requested() ||
        !wait(std::min(asked.value_or(delay), options_.max_delay))) {
      break;
    }
    delay *= 2;
  }
  return problem;
}

}  // namespace webhooks
