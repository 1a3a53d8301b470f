// A webhook's body: JSON and form-encoded. Whatever becomes an event keeps its promises.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "webhooks/delivery.h"
#include "webhooks/payload_checks.h"

namespace {

void Check(const char* kind, const char* type, std::string_view body) {
  const webhooks::Delivery delivery =
      webhooks::ParseDelivery({{"X-GitHub-Event", kind}, {"Content-Type", type}}, body);
  const auto* event = std::get_if<pipeline::TriggerEvent>(&delivery);
  if (event != nullptr &&
      (!webhooks::IsCommitId(event->commit) || !webhooks::IsRefName(event->ref) ||
       !webhooks::IsRepositoryName(event->repository) ||
       event->branch.empty() == event->tag.empty())) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  for (const char* kind : {"push", "pull_request"}) {
    for (const char* type : {"application/json", "application/x-www-form-urlencoded"}) {
      Check(kind, type, body);
    }
  }
  return 0;
}
