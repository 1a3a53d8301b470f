#include "webhooks/delivery.h"

#include <strings.h>

#include <algorithm>

#include "runtime/base/terminal_text.h"
#include "webhooks/form.h"
#include "webhooks/payload.h"

namespace webhooks {
namespace {

using runtime::base::ForMessage;
using runtime::base::HttpHeaders;

// The header's value when it is there exactly once.
std::optional<std::string> OnlyHeader(const HttpHeaders& headers, const char* name) {
  std::optional<std::string> found;
  for (const auto& [key, value] : headers) {
    if (::strcasecmp(key.c_str(), name) == 0) {
      if (found) {
        return std::nullopt;
      }
      found = value;
    }
  }
  return found;
}

bool IsForm(const HttpHeaders& headers) {
  constexpr std::string_view kForm = "application/x-www-form-urlencoded";
  const std::string type = OnlyHeader(headers, "Content-Type").value_or("");
  return type.size() >= kForm.size() &&
         ::strncasecmp(type.c_str(), kForm.data(), kForm.size()) == 0;
}

}  // namespace

std::optional<std::string> DeliveryId(const HttpHeaders& headers) {
  constexpr size_t kMaxLength = 64;
  std::optional<std::string> id = OnlyHeader(headers, "X-GitHub-Delivery");
  const bool good = id && !id->empty() && id->size() <= kMaxLength &&
                    std::all_of(id->begin(), id->end(), [](char c) {
                      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                             (c >= 'A' && c <= 'Z') || c == '-';
                    });
  return good ? id : std::nullopt;
}

Delivery ParseDelivery(const HttpHeaders& headers, std::string_view body) {
  const std::optional<std::string> event = OnlyHeader(headers, "X-GitHub-Event");
  if (!event) {
    return Malformed{"there isn't exactly one X-GitHub-Event header"};
  }
  if (*event == "ping") {
    return Ping{};
  }
  const bool is_push = *event == "push";
  if (!is_push && *event != "pull_request") {
    return Ignored{"event " + ForMessage(event->substr(0, 64)) + " starts no run"};
  }
  const auto parse = is_push ? ParsePush : ParsePullRequest;
  if (!IsForm(headers)) {
    return parse(body);
  }
  const std::optional<std::string> payload = FormField(body, "payload");
  return payload ? parse(*payload) : Malformed{"the form has no single field payload"};
}

}  // namespace webhooks
