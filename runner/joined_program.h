// RunJoined: one more program in a container that runs, to its end ("exec", without its output).
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>

#include "runtime/container/container_spec.h"
#include "runtime/container/exit_status.h"
#include "runtime/container/id_map.h"
#include "runtime/container/join.h"

namespace runner {

// Container::Join() of that container, by whichever thread may call it. Throws Error.
using JoinFunction =
    std::function<runtime::container::Joining(const runtime::container::JoinRequest& request)>;

// Runs spec.argv in the container that `spec` is otherwise of. After `bound` it is ended with all
// that it has started. Throws Error: kCancelled after a stop, else when it can't be set up.
runtime::container::ExitStatus RunJoined(const runtime::container::ContainerSpec& spec,
                                         const runtime::container::IdMap& ids,
                                         const JoinFunction& join, std::chrono::milliseconds bound,
                                         const std::stop_token& stop);

}  // namespace runner
