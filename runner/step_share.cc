#include "runner/step_share.h"

#include "runtime/base/terminal_text.h"

namespace runner {

std::optional<HostUse::Held> TakeStepShare(const runtime::base::StateDir& state,
                                           const std::string& repository, const std::string& run_id,
                                           const pipeline::CommandRequest& request,
                                           pipeline::StepLog& log, const std::stop_token& stop) {
  HostClaim claim;
  const auto add = [&](const pipeline::Limits& limits) {
    claim.share.cpus += limits.cpus;
    claim.share.memory_bytes += limits.memory_bytes;
  };
  add(request.action->limits);
  for (const pipeline::ServiceSpec& service : request.action->services) {
    add(service.limits);
  }
  if (claim.share.empty()) {
    return std::nullopt;
  }
  claim.repository = runtime::base::ForMessage(repository);  // a directory's name may be anything
  claim.what = runtime::base::ForMessage("step \"" + request.name + "\" of run " + run_id);
  const auto say = [&](const std::string& text) { log.Line(pipeline::Stream::kRunner, text); };
  return HostUse::OfHost(state).Take(std::move(claim), say, stop);
}

}  // namespace runner
