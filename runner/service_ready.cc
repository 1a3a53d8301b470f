#include "runner/service_ready.h"

#include "runner/listening_ports.h"
#include "runtime/base/error.h"
#include "runtime/base/http.h"
#include "runtime/base/terminal_text.h"
#include "runtime/network/namespaces.h"

namespace runner {
namespace base = runtime::base;
namespace container = runtime::container;
namespace {

// Of one answer; then it is asked again.
constexpr std::chrono::milliseconds kHttpPatience{5'000};
constexpr uint64_t kMaxBody = 1u << 20;

std::optional<std::string> WhyNotListening(const ContainerPort& port, int network) {
  const std::string name =
      "port " + std::to_string(port.number) + (port.udp ? "/udp" : "/tcp") + " ";
  switch (FindListener(network, port)) {
    case Listening::kYes:
      return std::nullopt;
    case Listening::kOnLoopback:
      return name + "listens on the container's loopback alone, where no step reaches it";
    case Listening::kNo:
      break;
  }
  return name + "doesn't listen";
}

// From inside of its own network, which nobody else leads to.
std::optional<std::string> WhyNoAnswer(const pipeline::ReadySpec& spec, const ReadyTarget& target,
                                       const std::stop_token& stop) {
  const std::string host =
      target.address.v6 ? "[" + target.address.ToString() + "]" : target.address.ToString();
  base::HttpRequest request;
  request.url = "http://" + host + ":" + std::to_string(spec.port) + spec.http;
  request.body_sink = [](std::string_view) { return false; };
  request.max_response_bytes = kMaxBody;
  request.connect_timeout = kHttpPatience;
  request.idle_timeout = kHttpPatience;
  request.total_timeout = kHttpPatience;
  request.stop = stop;
  base::HttpResponse response;
  try {
    runtime::network::InsideNetwork(target.network,
                                    [&] { response = base::MakeHttpTransport()->Send(request); });
  } catch (const base::Error& e) {
    if (e.kind() == base::ErrorKind::kCancelled) {
      throw;
    }
    return "GET " + spec.http + ": " + e.what();
  }
  if (response.status >= 200 && response.status < 400) {
    return std::nullopt;
  }
  return "GET " + spec.http + " answers with status " + std::to_string(response.status);
}

std::optional<std::string> WhyNoSuccess(const pipeline::ReadySpec& spec,
                                        const ReadyTarget& target) {
  const container::ExitStatus status = target.run(spec.run);
  const auto* exited = std::get_if<container::Exited>(&status);
  if (exited != nullptr && exited->code == 0) {
    return std::nullopt;
  }
  return "`" + base::ForMessage(spec.run.front()) + "`: " + container::Describe(status);
}

}  // namespace

std::optional<std::string> WhyNotReady(const pipeline::ReadySpec& spec, const ReadyTarget& target,
                                       const std::stop_token& stop) {
  if (!spec.run.empty()) {
    return WhyNoSuccess(spec, target);
  }
  if (!spec.http.empty()) {
    return WhyNoAnswer(spec, target, stop);
  }
  if (spec.port != 0) {
    return WhyNotListening({spec.port, false}, target.network);
  }
  for (const std::string& text : target.exposed) {
    const std::optional<ContainerPort> port = ParseContainerPort(text);
    if (auto why = port ? WhyNotListening(*port, target.network) : std::nullopt) {
      return *why + ", which its image exposes (`ready` says otherwise what to wait for)";
    }
  }
  return std::nullopt;
}

}  // namespace runner
