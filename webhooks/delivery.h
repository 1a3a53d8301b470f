// A GitHub delivery, turned into the event that starts a run, or into why it starts none.
//
// Lenient: only what is used is asked for, since payloads vary with GitHub's version. Whoever calls
// this has checked the signature already; the texts are still those of strangers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "pipeline/trigger_event.h"
#include "runtime/base/http.h"

namespace webhooks {

// GitHub's "does it work" delivery.
struct Ping {};

// Understood, but nothing to run: answered with 2xx, since a 4xx marks the delivery as failed.
struct Ignored {
  std::string reason;  // one safe line
};

// Not what its headers claim: answered with 400.
struct Malformed {
  std::string reason;  // one safe line
};

using Delivery = std::variant<pipeline::TriggerEvent, Ping, Ignored, Malformed>;

// Reads one delivery: `push` of a branch or tag and `pull_request` become events (payload.h), every
// other kind is Ignored. The body is JSON or a form with the field `payload`. The event's clone_url
// is empty unless the payload names an http, https, ssh or git URL without a password. For a tag,
// the event's commit is the one that the tag points at.
Delivery ParseDelivery(const runtime::base::HttpHeaders& headers, std::string_view body);

// X-GitHub-Delivery, the same for each redelivery: letters, digits and "-", at most 64. Nothing
// when it is missing, given twice or something else.
std::optional<std::string> DeliveryId(const runtime::base::HttpHeaders& headers);

}  // namespace webhooks
