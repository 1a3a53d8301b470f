#include "runner/serve/webhook_endpoint.h"

#include <nlohmann/json.hpp>

#include <utility>
#include <variant>

#include "runner/run_id.h"
#include "webhooks/delivery.h"
#include "webhooks/signature.h"

namespace runner::serve {
namespace {

constexpr int kHttpOk = 200;
constexpr int kHttpAccepted = 202;
constexpr int kHttpBadRequest = 400;
constexpr int kHttpUnauthorized = 401;

HttpReply Json(int status, const char* key, const std::string& value) {
  const nlohmann::json body = {{key, value}};
  return HttpReply{status,
                   "application/json",
                   body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n",
                   {}};
}

HttpReply Unauthorized(webhooks::Signature signature) {
  return Json(kHttpUnauthorized, "error", std::string(webhooks::ToString(signature)));
}

}  // namespace

WebhookEndpoint::WebhookEndpoint(const Config& config, std::vector<std::string> secrets,
                                 RunStore& store, Accepted accepted)
    : config_(config),
      secrets_(std::move(secrets)),
      store_(store),
      accepted_(std::move(accepted)) {}

std::optional<HttpReply> WebhookEndpoint::Screen(const HttpCall& call) const {
  const webhooks::Signature form = webhooks::CheckSignatureForm(call.headers);
  return form == webhooks::Signature::kValid ? std::nullopt : std::optional(Unauthorized(form));
}

HttpReply WebhookEndpoint::Handle(const HttpCall& call) const {
  const webhooks::Signature signature = webhooks::CheckSignature(call.headers, call.body, secrets_);
  if (signature != webhooks::Signature::kValid) {
    return Unauthorized(signature);
  }
  const std::optional<std::string> id = webhooks::DeliveryId(call.headers);
  if (!id) {
    return Json(kHttpBadRequest, "error", "there isn't exactly one valid X-GitHub-Delivery header");
  }
  webhooks::Delivery delivery = webhooks::ParseDelivery(call.headers, call.body);
  if (const auto* malformed = std::get_if<webhooks::Malformed>(&delivery)) {
    return Json(kHttpBadRequest, "error", malformed->reason);
  }
  if (std::holds_alternative<webhooks::Ping>(delivery)) {
    return Json(kHttpOk, "ping", "the webhook works");
  }
  if (const auto* ignored = std::get_if<webhooks::Ignored>(&delivery)) {
    return Json(kHttpAccepted, "ignored", ignored->reason);
  }
  return Start(*id, std::get<pipeline::TriggerEvent>(std::move(delivery)));
}

HttpReply WebhookEndpoint::Start(const std::string& delivery_id,
                                 pipeline::TriggerEvent event) const {
  const RepositoryConfig* repository = config_.Find(event.repository);
  if (repository == nullptr) {
    return Json(kHttpAccepted, "ignored",
                "the repository " + event.repository + " isn't in the server's configuration");
  }
  if (!repository->clone.empty()) {
    event.clone_url = repository->clone;
  }
  if (event.clone_url.empty()) {
    return Json(kHttpAccepted, "ignored",
                "the payload has no http, https, ssh or git clone_url, and the configuration no "
                "clone for " +
                    event.repository);
  }
  StoredRun run;
  run.queued = std::chrono::system_clock::now();
  run.id = NewRunId(run.queued);
  run.event = std::move(event);
  if (!store_.Accept(delivery_id, run)) {
    return Json(kHttpOk, "ignored", "this delivery started a run before");
  }
  accepted_(run.event, *repository);
  HttpReply reply = Json(kHttpAccepted, "run", run.id);
  reply.headers.emplace_back("Location", config_.url + "/runs/" + run.id);
  return reply;
}

}  // namespace runner::serve
