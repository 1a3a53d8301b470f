// One run of the git container: the request goes in, the answers come out (protocol.h).
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string_view>

#include "runtime/container/container.h"
#include "runtime/git/protocol.h"

namespace runtime::git {

// What must be written: what is a layer already needn't.
struct Wanted {
  bool files = false;
  bool history = false;
};

// Called from a thread of the conversation, never two at once.
struct ConversationHandlers {
  std::function<Wanted(const Resolution&)> wants;
  std::function<void(std::string_view line)> progress;  // safe to show
};

struct ConversationEnd {
  Resolution resolution;
  std::optional<WrittenTree> written;
  bool wrote_history = false;
  ChangedPathList changed;  // when the request asks for it; nothing too when that isn't known
  LfsAnswer objects;        // when the request asks for them: then the rest is empty
};

// Starts the container and waits for its end. Throws the helper's Error, or one that says how the
// container ended (kUnavailable for a timeout, kCancelled for `stop`).
ConversationEnd Converse(container::Host& host, const container::ContainerSpec& spec,
                         const HelperRequest& request, const ConversationHandlers& handlers,
                         std::stop_token stop);

}  // namespace runtime::git
