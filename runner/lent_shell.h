// A static shell of the host's, for containers whose image has none.
#pragma once

#include <string>
#include <string_view>

#include "runtime/container/container_directory.h"
#include "runtime/container/container_spec.h"
#include "runtime/layer/snapshot.h"

namespace runner {

// Where the container finds what it was lent, read-only.
inline constexpr char kLentTarget[] = "/run/runner-lent";

// The program of an interactive shell in these files: "/bin/bash" or "/bin/sh"; empty: there is
// none.
std::string FindShell(const runtime::layer::Snapshot& rootfs);

// Puts the host's static busybox into the container and answers where: its "sh" and "patch", for
// example, are busybox's with that as first argument. Throws Error (kNotFound) that says what to
// install.
std::string LendBusybox(const runtime::container::ContainerDirectory& directory,
                        runtime::container::ContainerSpec& spec);

// A file beside it, after LendBusybox(); where the container finds it.
std::string LendFile(const runtime::container::ContainerDirectory& directory, std::string_view name,
                     std::string_view content);

}  // namespace runner
