// Network namespaces, held by descriptors: they have no name, so the death of all who hold them
// ends them.
#pragma once

#include <sys/types.h>

#include <functional>

#include "runtime/base/fd.h"

namespace runtime::network {

// A user that nobody is: the owner of the namespaces, and of every process that serves a network.
// On the host it is next to the ids of containers, so that none of theirs is it (IdMap). In a user
// namespace (base/rootless.h) it is the last one that there is, which may be root, its only one.
uid_t NetworkUser();

struct NetworkNamespace {
  base::UniqueFd
      user;  // the user namespace that has the power over it; NetworkUser() owns that one
  base::UniqueFd network;

  // Empty, but for loopback that is down. Throws Error.
  static NetworkNamespace Make();
};

// The network namespace of a process that the caller waits for. Throws Error.
base::UniqueFd OpenNetworkNamespace(pid_t process);

// Runs `action` on a thread inside of that network namespace and waits for it. Sockets that it
// makes stay there. Throws what it throws, and Error.
void InsideNetwork(int network, const std::function<void()>& action);

}  // namespace runtime::network
