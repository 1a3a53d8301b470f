#include "runner/container_control.h"

#include <poll.h>

#include <cstdio>

#include "runner/cli.h"
#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"

namespace runner {
namespace lifecycle = runtime::lifecycle;
using lifecycle::Store;
using runtime::base::Error;
using runtime::base::ErrorKind;
using runtime::base::UniqueFd;

std::optional<UniqueFd> ConnectTo(const Store& store, const std::string& id) {
  while (true) {
    if (std::optional<UniqueFd> connection = lifecycle::Connect(store.Directory(id))) {
      return connection;
    }
    // No monitor has it; or one that doesn't listen yet, or no more: that is a matter of moments.
    if (store.Take(id)) {
      return std::nullopt;
    }
    ::poll(nullptr, 0, 5);
  }
}

UniqueFd ConnectToRunning(const Store& store, const std::string& id) {
  std::optional<UniqueFd> connection = ConnectTo(store, id);
  if (!connection) {
    throw Error(ErrorKind::kUnavailable, "container " + id + " isn't running");
  }
  return *std::move(connection);
}

int AwaitEnd(const Store& store, const std::string& id, const lifecycle::Request& request) {
  if (const std::optional<UniqueFd> connection = ConnectTo(store, id)) {
    lifecycle::Ask(connection->get(), request);
    const std::optional<lifecycle::Answered> answered = lifecycle::NextReply(connection->get());
    if (answered && answered->reply.answer == lifecycle::Answer::kFailed) {
      throw Error(answered->reply.kind, answered->reply.text);
    }
    if (answered) {
      return answered->reply.number;
    }
    // It has ended in between.
  }
  const std::optional<lifecycle::Kept> kept = store.LoadEnded(id);
  if (!kept) {
    throw Error(ErrorKind::kNotFound, "container " + id + " was removed meanwhile");
  }
  return kept->state.exit_code;
}

int ForEach(const Store& store, const std::vector<std::string>& names,
            const std::function<void(const std::string&, const std::string&)>& act) {
  int code = kExitPassed;
  for (const std::string& name : names) {
    try {
      act(name, store.Find(name));
    } catch (const Error& e) {
      std::fprintf(stderr, "runner: %s\n", runtime::base::ForMessage(e.what()).c_str());
      code = e.kind() == ErrorKind::kUsage ? kExitUsage : kExitOurs;
    }
  }
  return code;
}

}  // namespace runner
