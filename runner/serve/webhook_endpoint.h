// POST /webhooks/github: from a signed delivery to a run that no crash can lose.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/trigger_event.h"
#include "runner/serve/config.h"
#include "runner/serve/http_message.h"
#include "runner/serve/run_store.h"

namespace runner::serve {

class WebhookEndpoint {
 public:
  using Accepted =
      std::function<void(const pipeline::TriggerEvent& event, const RepositoryConfig& repository)>;

  // `secrets` are the resolved webhook secrets; `accepted` is told of an event after its run was
  // stored, with the repository as it is configured.
  // `config` and `store` must outlive the endpoint. Any thread.
  WebhookEndpoint(const Config& config, std::vector<std::string> secrets, RunStore& store,
                  Accepted accepted);

  // Before the body: no signature of the right form, no reading.
  std::optional<HttpReply> Screen(const HttpCall& call) const;

  // 401 without a right signature, 400 for what can't be read, 200 for a ping and for a delivery
  // that started a run before, 202 for what is ignored (with the reason) and for a run, which is
  // stored and flushed by then.
  HttpReply Handle(const HttpCall& call) const;

 private:
  HttpReply Start(const std::string& delivery_id, pipeline::TriggerEvent event) const;

  const Config& config_;
  const std::vector<std::string> secrets_;
  RunStore& store_;
  const Accepted accepted_;
};

}  // namespace runner::serve
