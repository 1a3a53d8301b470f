#include "runtime/container/sysctl.h"

#include <algorithm>

#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"

namespace runtime::container {
namespace {

// ipc_namespaces(7) lists them.
constexpr std::string_view kOfIpc[] = {"kernel.msgmax", "kernel.msgmnb",         "kernel.msgmni",
                                       "kernel.sem",    "kernel.shmall",         "kernel.shmmax",
                                       "kernel.shmmni", "kernel.shm_rmid_forced"};

[[noreturn]] void RefuseSysctl(std::string_view text, const std::string& why) {
  throw base::Error(base::ErrorKind::kUsage, "--sysctl " + base::ForMessage(text) + ": " + why);
}

bool IsName(std::string_view name) {
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
  return plain && !name.empty() && !name.starts_with('.') && !name.ends_with('.') &&
         name.find("..") == std::string_view::npos;
}

}  // namespace

Sysctl ParseSysctl(std::string_view text, Network network) {
  const size_t equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  if (equals == std::string_view::npos || !IsName(name)) {
    RefuseSysctl(text, "expected NAME=VALUE, such as net.core.somaxconn=1024");
  }
  const bool of_network = name.starts_with("net.");
  if (of_network && network == Network::kHost) {
    RefuseSysctl(text, "with --network host the network's parameters are the host's");
  }
  if (!of_network && !name.starts_with("fs.mqueue.") &&
      std::find(std::begin(kOfIpc), std::end(kOfIpc), name) == std::end(kOfIpc)) {
    RefuseSysctl(text,
                 "a container has only net.*, fs.mqueue.* and the System V IPC parameters of "
                 "kernel.* to itself");
  }
  const std::string_view value = text.substr(equals + 1);
  if (value.empty() || value.find_first_of(std::string_view("\n\0", 2)) != std::string_view::npos) {
    RefuseSysctl(text, "expected a value of one line");
  }
  return {std::string(name), std::string(value)};
}

}  // namespace runtime::container
