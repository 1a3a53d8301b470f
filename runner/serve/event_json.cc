#include "runner/serve/event_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include "runtime/base/error.h"

namespace runner::serve {
namespace {

using pipeline::EventKind;
using pipeline::TriggerEvent;

constexpr std::array<EventKind, 5> kKinds = {EventKind::kPush, EventKind::kPullRequest,
                                             EventKind::kTag, EventKind::kManual,
                                             EventKind::kSchedule};

EventKind KindFrom(const std::string& text) {
  const auto* kind = std::find_if(kKinds.begin(), kKinds.end(),
                                  [&](EventKind k) { return pipeline::ToString(k) == text; });
  if (kind == kKinds.end()) {
    throw runtime::base::Error(runtime::base::ErrorKind::kInvalid, "stored event: unknown kind");
  }
  return *kind;
}

}  // namespace

std::string EventToJson(const TriggerEvent& event) {
  const nlohmann::json json = {{"kind", pipeline::ToString(event.kind)},
                               {"repository", event.repository},
                               {"clone-url", event.clone_url},
                               {"ref", event.ref},
                               {"branch", event.branch},
                               {"tag", event.tag},
                               {"commit", event.commit},
                               {"before", event.before},
                               {"pull-request", event.pull_request},
                               {"action", event.action},
                               {"fork", event.fork},
                               {"schedule", event.schedule},
                               {"inputs", event.inputs},
                               {"author", event.author},
                               {"title", event.title}};
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

TriggerEvent EventFromJson(const std::string& text) {
  try {
    const nlohmann::json json = nlohmann::json::parse(text);
    TriggerEvent event;
    event.kind = KindFrom(json.at("kind").get<std::string>());
    event.repository = json.at("repository").get<std::string>();
    event.clone_url = json.at("clone-url").get<std::string>();
    event.ref = json.at("ref").get<std::string>();
    event.branch = json.at("branch").get<std::string>();
    event.tag = json.at("tag").get<std::string>();
    event.commit = json.at("commit").get<std::string>();
    event.before = json.value("before", "");
    event.pull_request = json.at("pull-request").get<int>();
    event.author = json.at("author").get<std::string>();
    event.title = json.at("title").get<std::string>();
    // What version 1 of the store didn't have.
    event.action = json.value("action", "");
    event.fork = json.value("fork", false);
    event.schedule = json.value("schedule", "");
    event.inputs = json.value("inputs", event.inputs);
    return event;
  } catch (const nlohmann::json::exception& e) {
    throw runtime::base::Error(runtime::base::ErrorKind::kInvalid,
                               std::string("stored event: ") + e.what());
  }
}

}  // namespace runner::serve
