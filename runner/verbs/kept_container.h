// Making, starting and attaching to kept containers: what several verbs share.
#pragma once

#include <optional>
#include <string>

#include "runner/attach_relay.h"
#include "runner/cli.h"
#include "runner/verbs/keep_options.h"
#include "runner/verbs/run_options.h"
#include "runtime/lifecycle/life_lock.h"
#include "runtime/lifecycle/store.h"

namespace runner {

struct NewContainer {
  std::string id;
  runtime::lifecycle::LifeLock lock;
};

// As the options of `runner run` say. Nothing when its image couldn't be pulled: `code` is what to
// exit with. Throws Error.
std::optional<NewContainer> MakeKept(const RunOptions& options, const KeepOptions& keep,
                                     const runtime::lifecycle::Store& store, const Globals& globals,
                                     int& code);

// Returns when the program runs: 0; or when it can't be run: docker's exit code for that, with the
// reason told. Throws Error.
int StartDetached(const runtime::lifecycle::Store& store, const std::string& id,
                  runtime::lifecycle::LifeLock lock);

// Starts it and joins our standard streams to its until its end. The exit code of the verb.
int StartAttached(const runtime::lifecycle::Store& store, const std::string& id,
                  runtime::lifecycle::LifeLock lock, const AttachChoice& choice);

// What the verb says and answers when it has ended: the container's exit code, 0 after leaving it.
int Conclude(const runtime::lifecycle::Store& store, const std::string& id, const AttachEnd& end);

// `runner run` of a container that is kept.
int RunKept(const RunOptions& options, const KeepOptions& keep, const Globals& globals);

}  // namespace runner
